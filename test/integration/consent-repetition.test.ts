// Consent said twice: repeated calls, equal records, and calls at the same time.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { consentsOf, said } from '../support/consents.ts';
import { startPeople, type People } from '../support/people.ts';

let people: People;
let consents: ReturnType<typeof consentsOf>;
beforeAll(async () => {
  people = await startPeople();
  consents = consentsOf(people);
});
afterAll(() => people.close());

test('a call with the same key and body is answered again, and with another body refused', async () => {
  const id = await consents.newPerson();
  const other = await consents.newPerson();
  const input = said(id, { channels: ['SMS', 'EMAIL'], idempotencyKey: 'form-17' });
  const first = await consents.record(input);
  people.clock.time += 60_000;
  expect(await consents.record(input)).toEqual({ ...first, replayed: true });
  const bodies = [
    { policyVersion: '2026-12' },
    { channels: ['SMS'] },
    { occurredAt: consents.later(0) },
    { recipientId: other },
    { expiresAt: consents.later(9_000) },
  ];
  for (const over of bodies) {
    const refused = await consents.record({ ...input, ...over });
    expect(refused).toMatchObject({ consents: null, errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
  }
  const { expiresAt: _, ...withdrawal } = { ...input, expiresAt: null };
  expect((await consents.withdraw(withdrawal)).errors).toMatchObject([
    { path: ['idempotencyKey'] },
  ]);
  expect(await consents.logged(id)).toHaveLength(2);
});

test('the same thing at the same time is one record, key or not', async () => {
  const id = await consents.newPerson();
  const input = said(id, { occurredAt: consents.later(-5_000) });
  const answers = await Promise.all([1, 2, 3, 4].map(() => consents.record(input)));
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(new Set(answers.map(({ consents }) => consents[0].id)).size).toBe(1);
  expect(await consents.logged(id)).toHaveLength(1);
});

test('calls with one key at the same time make one record', async () => {
  const id = await consents.newPerson();
  const input = said(id, { idempotencyKey: 'double-click' });
  const answers = await Promise.all([1, 2, 3, 4].map(() => consents.record(input)));
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(await consents.logged(id)).toHaveLength(1);
});

test('first grants and withdrawals that race leave the state that the log says', async () => {
  for (let round = 0; round < 10; round += 1) {
    const id = await consents.newPerson();
    const at = consents.later(0);
    await Promise.all([
      consents.record(said(id, { occurredAt: at })),
      consents.withdraw(said(id, { occurredAt: at })),
      consents.record(said(id, { occurredAt: consents.later(-1) })),
    ]);
    expect(await consents.logged(id)).toHaveLength(3);
    expect(await consents.decide(id)).toMatchObject({ reason: 'CONSENT_WITHDRAWN' });
  }
});
