import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Answers for the cloud's own machines alone, from an address that looks like anybody's: Azure's metadata. */
const METADATA = new Set(['168.63.129.16']);

/** Addresses that IANA gives out to the world. An allow-list: what is private, local, reserved or a tunnel to such is not in it. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address may come dressed as IPv6.
  const ip = ipaddr.process(address);
  if (ip.range() !== 'unicast' || METADATA.has(ip.toString())) return false;
  // Of what ipaddr.js calls unicast, only this was ever given out; ::127.0.0.1 is not in it.
  return ip.kind() === 'ipv4' || ip.match(ipaddr.parseCIDR('2000::/3'));
}

/** Whether a URL's host is an address that is not the world's, or a name that never leaves the machine. Other names tell when they are resolved. */
export function refusedHost(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  return isIP(host) !== 0 ? !isPublicAddress(host) : host === 'localhost' || host.endsWith('.localhost');
}

/**
 * Resolves a name for a connection that is about to be made, and refuses it if any of its addresses is not the world's. What is
 * checked is what is connected to, so that a name which resolves to something else a moment later (DNS rebinding) gains nothing.
 */
export const lookUpPublic: LookupFunction = (hostname, options: LookupOptions, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, [], 0);
    const refused = addresses.find(({ address }) => !isPublicAddress(address));
    if (refused || addresses.length === 0) return callback(new RefusedAddress(), [], 0);
    if (options.all) callback(null, addresses, 0);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

/** The address is not one of the world's. Which it was is not told: whoever set the name would learn of our network. */
export class RefusedAddress extends Error {
  readonly code = 'REFUSED_ADDRESS';

  constructor() {
    super('the address is private, local or reserved');
  }
}
