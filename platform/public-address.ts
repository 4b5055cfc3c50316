// Which IP addresses are somewhere on the open Internet: what is asked before a connection to where others tell us.
import { BlockList, isIP } from 'node:net';

/** By the IANA IPv4 Special-Purpose Address Registry, with multicast and what is reserved. */
const SPECIAL_V4: readonly (readonly [address: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // Looks public, and is the host's own agent in Microsoft's cloud.
  ['168.63.129.16', 32],
];

/** What is handed out to the Internet. Loopback, link-local, unique local, multicast, IPv4-mapped and NAT64 addresses all
 *  lie outside of it. */
const GLOBAL_V6: readonly [address: string, prefix: number] = ['2000::', 3];

/** By the IANA IPv6 Special-Purpose Address Registry: the parts of 2000::/3 that are not hosts (Teredo and 6to4 hold an
 *  IPv4 address, which may be a private one). */
const SPECIAL_V6: readonly (readonly [address: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

const specialV4 = listOf('ipv4', SPECIAL_V4);
const specialV6 = listOf('ipv6', SPECIAL_V6);
const globalV6 = listOf('ipv6', [GLOBAL_V6]);

/** False for every address of a private or special range, for an IPv4 address in an IPv6 one, and for what is no address:
 *  it fails closed. address: as the resolver or `URL.hostname` writes it, without brackets. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !specialV4.check(address, 'ipv4');
    case 6:
      // A zone belongs to a link.
      return (
        !address.includes('%') &&
        globalV6.check(address, 'ipv6') &&
        !specialV6.check(address, 'ipv6')
      );
    default:
      return false;
  }
}

function listOf(
  family: 'ipv4' | 'ipv6',
  ranges: readonly (readonly [address: string, prefix: number])[],
): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, family);
  return list;
}
