// Which addresses count as public: a table from the registries of special-purpose addresses, edges included.
import { describe, expect, test } from '@jest/globals';
import { isPublicAddress } from '../../../platform/public-address.ts';

const REFUSED: readonly (readonly [what: string, ...addresses: string[]])[] = [
  ['this network', '0.0.0.0', '0.255.255.255'],
  ['a private network', '10.0.0.0', '10.255.255.255', '172.16.0.1', '172.31.255.255'],
  ['a private network at home', '192.168.0.1', '192.168.255.255'],
  ['a carrier’s own network', '100.64.0.0', '100.127.255.255'],
  ['this machine', '127.0.0.1', '127.255.255.254', '::1', '::'],
  ['the link', '169.254.0.1', '169.254.255.255', 'fe80::1', 'febf::1', 'fe80::1%eth0'],
  ['the metadata of a cloud', '169.254.169.254', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254'],
  ['the agent of a cloud', '168.63.129.16'],
  ['protocols and documentation', '192.0.0.1', '192.0.2.1', '198.51.100.1', '203.0.113.255'],
  ['relays and tunnels', '192.88.99.1', '2002:7f00:1::', '2001:0:4136:e378::1'],
  ['benchmarks', '198.18.0.1', '198.19.255.255', '2001:2::1'],
  ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
  ['what is reserved', '240.0.0.1', '255.255.255.255', '1fff::1', '4000::1', '5f00::1'],
  ['a unique local address', 'fc00::1', 'fdff::1'],
  ['a site of old', 'fec0::1'],
  ['IPv4 inside of IPv6', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::127.0.0.1'],
  ['IPv4 behind a translation', '64:ff9b::7f00:1', '64:ff9b::10.0.0.1', '64:ff9b:1::1'],
  ['documentation of IPv6', '2001:db8::1', '3fff::1', '3fff:fff::1'],
  [
    'what is no address',
    '',
    'localhost',
    'example.com',
    '127.1',
    '0x7f000001',
    '2130706433',
    '[::1]',
  ],
];

const ADMITTED = [
  ['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0'],
  ['126.255.255.255', '128.0.0.1', '169.253.255.255', '169.255.0.0', '172.15.255.255'],
  ['172.32.0.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0'],
  ['223.255.255.255', '168.63.129.15', '2001:200::1', '2606:4700:4700::1111', '2a00:1450::1'],
].flat();

describe('an address is not public when it is', () => {
  test.each(REFUSED)('%s', (_what, ...addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });
});

test('every other address is public, up to the edges of the ranges', () => {
  expect(ADMITTED.filter((address) => !isPublicAddress(address))).toEqual([]);
});
