import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Azure's metadata service, which has a public address. */
const METADATA = new Set(['168.63.129.16']);

/**
 * Public unicast addresses. An allow-list: private, local and reserved addresses, and tunnels to them, are not public.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // Unwraps an IPv4 address that is mapped to IPv6.
  const ip = ipaddr.process(address);
  if (ip.range() !== 'unicast' || METADATA.has(ip.toString())) return false;
  // The only IPv6 range that IANA assigns; ipaddr.js counts ::127.0.0.1 as unicast too.
  return ip.kind() === 'ipv4' || ip.match(ipaddr.parseCIDR('2000::/3'));
}

/** Whether a URL's host is a non-public address or a local name. Other names are checked when they are resolved. */
export function refusedHost(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  return isIP(host) !== 0 ? !isPublicAddress(host) : host === 'localhost' || host.endsWith('.localhost');
}

/**
 * Resolves a name for a connection, and refuses it if any of its addresses is not public. The connection uses the
 * address that was checked, so a name that changes a moment later (DNS rebinding) gains nothing.
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

/** The address is not public. The message leaves it out: it would reveal our network to the owner of the name. */
export class RefusedAddress extends Error {
  readonly code = 'REFUSED_ADDRESS';

  constructor() {
    super('the address is private, local or reserved');
  }
}
