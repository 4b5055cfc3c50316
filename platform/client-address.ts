// Who is at the other end of a connection, as far as limits need it: through the proxies that are ours, and no further.
import { isIPv4, isIPv6 } from 'node:net';

/** `peer`: the address of the socket. `forwarded`: the header x-forwarded-for. `proxyHops`: how many proxies of ours stand in
 *  front, each of which adds whom it was connected by; what others wrote before them counts for nothing. An IPv6 address is
 *  named by its first 64 bits: whoever has one has all of them. */
export function clientAddress(
  peer: string | undefined,
  forwarded: string | undefined,
  proxyHops: number,
): string {
  const told = proxyHops === 0 ? [] : (forwarded ?? '').split(',').map((part) => part.trim());
  return networkOf(told.at(-proxyHops) ?? '') ?? networkOf(peer ?? '') ?? 'unknown';
}

function networkOf(address: string): string | null {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address;
  if (isIPv4(mapped)) return mapped;
  const [plain = ''] = address.split('%', 1);
  if (!isIPv6(plain)) return null;
  const [left = '', right] = plain.split('::', 2);
  const groups = left === '' ? [] : left.split(':');
  const after = right === undefined || right === '' ? [] : right.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0');
  const first64 = [...groups, ...zeros, ...after].slice(0, 4);
  return `${first64.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
