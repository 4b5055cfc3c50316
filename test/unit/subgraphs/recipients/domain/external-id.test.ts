// External ids: each fault names the field as it was given.
import { expect, test } from '@jest/globals';
import {
  checkExternalIds,
  type ExternalId,
} from '../../../../../subgraphs/recipients/domain/external-id.ts';

const own = (value: string): ExternalId => ({ kind: 'external_id', value });

test('ids of several systems are fine', () => {
  const ids = [own('customer-17'), { kind: 'user_id', value: '17' }, { kind: 'crm', value: '17' }];
  expect(checkExternalIds(ids)).toEqual([]);
});

test.each<[string, ExternalId[], string[]]>([
  ['an empty one', [own('')], ['externalId']],
  ['one that is too long', [own('x'.repeat(129))], ['externalId']],
  ['an email address', [own('ada@example.com')], ['externalId']],
  ['a phone number', [{ kind: 'user_id', value: '+436601' }], ['externalIds', '0', 'value']],
  [
    'a kind with a space',
    [own('a'), { kind: 'user id', value: 'b' }],
    ['externalIds', '0', 'kind'],
  ],
  [
    'the same one twice',
    [
      { kind: 'crm', value: 'a' },
      { kind: 'crm', value: 'a' },
    ],
    ['externalIds'],
  ],
])('%s is refused', (_, ids, path) => {
  expect(checkExternalIds(ids).map((finding) => finding.path)).toEqual([path]);
});

test('there are not too many', () => {
  const ids = Array.from({ length: 21 }, (_, n) => ({ kind: 'crm', value: String(n) }));
  expect(checkExternalIds(ids).map(({ path }) => path)).toEqual([['externalIds']]);
});
