import ipaddr from 'ipaddr.js';

/**
 * Under which name a sender's requests are counted: an IPv4 address by itself, also when it comes mapped into IPv6, and
 * of IPv6 the /64, which is what one customer of a network provider is given.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const ip = ipaddr.process(address);
  return ip instanceof ipaddr.IPv6
    ? `${ip.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    : ip.toString();
}
