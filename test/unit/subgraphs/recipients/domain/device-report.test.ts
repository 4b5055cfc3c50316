// Device reports: what a device may claim of its client, and which claim is wrong.
import { expect, test } from '@jest/globals';
import { readDeviceReport } from '../../../../../subgraphs/recipients/domain/device-report.ts';

const rcs = { supported: 'YES', nativeE2ee: 'YES', mlsProfiles: ['rcc16-v1'], features: ['CARD'] };
const claims = { platform: 'ANDROID', clientVersion: '5.0', osBuild: 'AP4A.1', rcs };

test('a whole report is read, with the profiles of MLS among the features', () => {
  expect(readDeviceReport({ ...claims, iat: 1, aud: 'acme' })).toEqual({
    platform: 'ANDROID',
    clientVersion: '5.0',
    osBuild: 'AP4A.1',
    rcs: {
      supported: 'YES',
      nativeE2ee: 'YES',
      features: ['CARD', 'mls:rcc16-v1'],
      carrier: null,
      source: 'device',
    },
  });
});

test.each<[string, object, string]>([
  ['RCS without a word on encryption claims none', { supported: 'YES' }, 'UNKNOWN'],
  ['a client that says it does not encrypt', { supported: 'YES', nativeE2ee: 'NO' }, 'NO'],
  ['where RCS is missing nothing encrypts', { supported: 'NO' }, 'NO'],
])('%s', (_, said, nativeE2ee) => {
  expect(readDeviceReport({ ...claims, rcs: said })).toMatchObject({ rcs: { nativeE2ee } });
});

test.each<[string, object]>([
  ['platform', { platform: 'TV' }],
  ['clientVersion', { clientVersion: 'x'.repeat(65) }],
  ['clientVersion', { clientVersion: undefined }],
  ['osBuild', { osBuild: 7 }],
  ['rcs', { rcs: undefined }],
  ['rcs', { rcs: 'YES' }],
  ['rcs', { rcs: null }],
  ['rcs', { rcs: { ...rcs, supported: 'UNKNOWN' } }],
  ['rcs', { rcs: { ...rcs, nativeE2ee: true } }],
  ['rcs', { rcs: { ...rcs, mlsProfiles: [] } }],
  ['rcs', { rcs: { ...rcs, supported: 'NO' } }],
  ['rcs', { rcs: { ...rcs, mlsProfiles: 'rcc16-v1' } }],
  ['rcs', { rcs: { ...rcs, features: [''] } }],
  ['rcs', { rcs: { ...rcs, features: Array.from({ length: 51 }, () => 'x') } }],
  ['rcs', { rcs: { ...rcs, carrier: '' } }],
])('a wrong %s is refused: %j', (claim, wrong) => {
  expect(readDeviceReport({ ...claims, ...wrong })).toMatchObject({ claim });
});
