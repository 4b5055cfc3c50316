// OneTrust's consent receipts: what each transaction is, and dates that cannot all be true.
import { expect, it } from '@jest/globals';
import { readOneTrust } from '../../../../../../subgraphs/consent/domain/cmp/onetrust.ts';
import { sample } from '../../../../../support/samples.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const GIVEN = Date.parse('2026-11-20T01:34:33Z');

const official = (over: object = {}): object => ({
  ...sample<object>('cmp/onetrust-receipt'),
  ...over,
});
const purpose = (over: object = {}) => ({ purposes: [{ Id: 'p', ...over }] });
const read = (over: object = {}) => readOneTrust(official(over), NOW);

it('a receipt is the choices of one person', () => {
  expect(read()).toEqual({
    id: null,
    address: { kind: 'PHONE', text: '+14155557002' },
    regulation: null,
    jurisdiction: 'US-GA',
    policyVersion: null,
    cmp: { name: 'OneTrust', version: 'v1' },
    choices: [
      {
        code: 'aa978afe-bbe9-4419-8fa9-f3691f1046c3',
        action: 'GRANTED',
        occurredAt: GIVEN,
        expiresAt: null,
        path: 'purposes.0',
      },
    ],
  });
});

it.each(['WITHDRAWN', 'OPT_OUT', 'HARD_OPT_OUT', 'NOTGIVEN', 'CANCEL', 'EXPIRED'])(
  '%s withdraws, whatever the dates',
  (TransactionType) => {
    for (const withdrawnDate of [undefined, '2026-11-20T02:00:00Z', '2018-03-01T09:00:00']) {
      const { choices } = read({ ...purpose({ TransactionType }), withdrawnDate }) as never;
      expect(choices).toMatchObject([{ action: 'WITHDRAWN' }]);
    }
  },
);

it.each(['PENDING', 'NO_CHOICE', 'CHANGE_PREFERENCES', 'EXTEND', 'IMPLICIT'])(
  '%s is no choice of the person',
  (TransactionType) => {
    expect(read(purpose({ TransactionType }))).toBe('IGNORED');
  },
);

it('without a transaction the later date stands', () => {
  const dated = (consentDate: string, withdrawnDate?: string) =>
    read({ ...purpose(), consentDate, withdrawnDate });
  const granted = { choices: [{ action: 'GRANTED' }] };
  const withdrawn = { choices: [{ action: 'WITHDRAWN' }] };
  expect(dated('2026-11-20T02:00:00Z')).toMatchObject(granted);
  expect(dated('2026-11-20T02:00:00Z', '2026-11-19T00:00:00Z')).toMatchObject(granted);
  expect(dated('2026-11-18T00:00:00Z', '2026-11-19T00:00:00Z')).toMatchObject(withdrawn);
  expect(dated('2026-11-20T02:00:00Z', '2026-11-20T02:00:00Z')).toMatchObject(withdrawn);
  expect(dated('2026-11-20T02:00:00Z', '2018-03-01T09:00:00')).toMatchObject(withdrawn);
});

it('a confirmation of what the dates withdraw is a contradiction', () => {
  const confirmed = purpose({ TransactionType: 'CONFIRMED' });
  expect(read({ ...confirmed, withdrawnDate: '2026-11-20T03:00:00Z' })).toMatchObject({
    problem: 'TIMES_CONTRADICT',
    path: 'purposes.0',
  });
});

it('a consent that ends before it was given, or is from the future, is a contradiction', () => {
  const refused = { problem: 'TIMES_CONTRADICT' };
  const ends = purpose({ TransactionType: 'CONFIRMED', ExpiryDate: '2020-01-01T12:00-05:00' });
  expect(read(ends)).toMatchObject(refused);
  const future = { ...purpose(), consentDate: '2026-11-20T13:00:00Z' };
  expect(read(future)).toMatchObject(refused);
  const lasting = purpose({ TransactionType: 'CONFIRMED', ExpiryDate: '2027-01-01T12:00-05:00' });
  const expiresAt = Date.parse('2027-01-01T17:00:00Z');
  expect(read(lasting)).toMatchObject({ choices: [{ expiresAt }] });
});

it('a test is no consent', () => {
  expect(read({ test: true })).toBe('IGNORED');
});

it.each<[object, string]>([
  [{ purposes: [] }, 'MALFORMED'],
  [{ purposes: [{}] }, 'MALFORMED'],
  [purpose({ TransactionType: 'INVENTED' }), 'MALFORMED'],
  [purpose({ TransactionType: 7 }), 'MALFORMED'],
  [{ identifier: 'customer-7' }, 'IDENTIFIER_UNREADABLE'],
  [{ identifier: null }, 'IDENTIFIER_UNREADABLE'],
])('a receipt with %j is refused', (over, problem) => {
  expect(read(over)).toMatchObject({ problem });
});

it('what is no object is refused', () => {
  for (const body of [null, 7, 'text', []]) {
    expect(readOneTrust(body, NOW)).toMatchObject({ problem: 'MALFORMED' });
  }
});
