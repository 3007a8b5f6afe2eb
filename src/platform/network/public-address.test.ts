import { describe, expect, it } from '@jest/globals';
import { isPublicAddress, lookUpPublic, refusedHost } from './public-address.ts';

describe('an address', () => {
  it.each(['8.8.8.8', '211.249.220.24', '2606:4700:4700::1111', '::ffff:8.8.8.8'])('%s is the world’s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback, somewhere in it', '127.8.9.10'],
    ['loopback of IPv6', '::1'],
    ['loopback dressed as IPv6', '::ffff:127.0.0.1'],
    ['the same in hexadecimal', '::ffff:7f00:1'],
    ['loopback in the old dress', '::127.0.0.1'],
    ['loopback through a translator', '64:ff9b::127.0.0.1'],
    ['loopback through a tunnel', '2002:7f00:1::'],
    ['private', '10.1.2.3'],
    ['private', '172.16.0.1'],
    ['private', '192.168.0.1'],
    ['private dressed as IPv6', '::ffff:10.0.0.1'],
    ['a provider’s inside', '100.64.0.1'],
    ['link-local: the metadata of AWS, GCP and Azure', '169.254.169.254'],
    ['the metadata of AWS over IPv6', 'fd00:ec2::254'],
    ['Azure’s wire server', '168.63.129.16'],
    ['Azure’s wire server dressed as IPv6', '::ffff:168.63.129.16'],
    ['link-local of IPv6', 'fe80::1'],
    ['unique local', 'fc00::1'],
    ['nowhere', '0.0.0.0'],
    ['nowhere of IPv6', '::'],
    ['multicast', '224.0.0.1'],
    ['everybody', '255.255.255.255'],
    ['for examples', '203.0.113.1'],
    ['for benchmarks', '198.18.0.1'],
    ['no address at all', 'example.com'],
  ])('%s (%s) is not', (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('a URL’s host', () => {
  it.each([
    'https://127.0.0.1',
    'https://[::1]',
    'https://[::ffff:10.0.0.1]',
    // What URL makes of these is 127.0.0.1.
    'https://0x7f.1',
    'https://2130706433',
    'https://017700000001',
    'https://localhost',
    'https://LOCALHOST.',
    'https://a.localhost',
  ])('%s is refused', (url) => expect(refusedHost(new URL(url).hostname)).toBe(true));

  it.each(['https://shop.example.com', 'https://8.8.8.8', 'https://[2606:4700::1111]'])('%s may be tried', (url) =>
    expect(refusedHost(new URL(url).hostname)).toBe(false),
  );
});

it.each([true, false])('a name that leads home is refused when it is resolved (all: %s)', async (all) => {
  const error = await new Promise((resolve) => lookUpPublic('localhost', { all }, resolve));
  expect(error).toMatchObject({ code: 'REFUSED_ADDRESS' });
});
