// Whom limits count: the socket, or who stands behind proxies of ours, and nobody whom the client made up.
import { expect, test } from '@jest/globals';
import { clientAddress } from '../../../platform/client-address.ts';

test.each([
  ['203.0.113.7', undefined, 0, '203.0.113.7'],
  ['::ffff:203.0.113.7', undefined, 0, '203.0.113.7'],
  ['203.0.113.7', '198.51.100.1', 0, '203.0.113.7'],
  ['10.0.0.1', '198.51.100.1', 1, '198.51.100.1'],
  ['10.0.0.1', '6.6.6.6, 198.51.100.1', 1, '198.51.100.1'],
  ['10.0.0.1', '6.6.6.6, 198.51.100.1, 10.0.0.2', 2, '198.51.100.1'],
  ['10.0.0.1', undefined, 1, '10.0.0.1'],
  ['10.0.0.1', '198.51.100.1', 2, '10.0.0.1'],
  ['10.0.0.1', 'x; drop', 1, '10.0.0.1'],
  [undefined, undefined, 0, 'unknown'],
])('of the socket %s that forwards %s through %i proxies it is %s', (peer, told, hops, client) => {
  expect(clientAddress(peer, told, hops)).toBe(client);
});

test('all addresses of one IPv6 network are one client', () => {
  const names = ['2001:db8:0:7::1', '2001:db8::7:ffff:1:2:3', '2001:0DB8:0:7:a:b:c:d%eth0'];
  expect(new Set(names.map((name) => clientAddress(name, undefined, 0)))).toEqual(
    new Set(['2001:db8:0:7::/64']),
  );
  expect(clientAddress('2001:db8:0:8::1', undefined, 0)).toBe('2001:db8:0:8::/64');
  expect(clientAddress('::1', undefined, 0)).toBe('0:0:0:0::/64');
});
