// F20: a batch that is partly wrong, and a tenant with a long queue beside one with a few messages.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ERRORS } from '../support/story.ts';
import type { Json } from '../support/parley.ts';
import { expectKept, openBed, type Bed } from './bed.ts';
import { freshWish } from './recovery.ts';
import { sendMany, sendOne } from './send.ts';
import { sized } from './size.ts';

const BACKLOG = sized(600, 100_000);
const BATCH = 100;
const QUIET = 10;
const PER_SECOND = sized(60, 1_000);
/** What a claim may have taken before, and what is at the provider: of a backlog that is many times as long. */
const AHEAD_MAX = 150;

let bed: Bed;

beforeAll(async () => {
  bed = await openBed('F20', {
    variables: { TWILIO_RATE: String(PER_SECOND) },
    peopleCount: sized(30, 2_500),
    leaverCount: 0,
  });
}, 600_000);
afterAll(() => bed.close(), 30_000);

const of = (name: string) => bed.people.filter(({ tenant }) => tenant === name);

it('a batch that is partly wrong has a result for each of its messages', async () => {
  const [person] = of('acme');
  const right = { recipientId: person?.id, template: 'code' };
  const variables = [
    { name: 'amount', value: '$1' },
    { name: 'card', value: '4242' },
  ];
  const messages = [
    { ...right, idempotencyKey: 'part-1', variables },
    { ...right, idempotencyKey: 'part-2', variables, recipientId: of('globex')[0]?.id },
    { ...right, idempotencyKey: 'part-3', variables, template: 'nothing' },
    { ...right, idempotencyKey: 'part-4', variables: [] },
    { ...right, idempotencyKey: 'part-1', variables },
    { ...right, idempotencyKey: 'part-5', variables },
  ].map((message) => ({ ...message, reference: message.idempotencyKey }));
  const answer = await bed.parley.ask(
    `mutation ($input: SendMessagesInput!) { sendMessages(input: $input) {
       results { replayed message { id } errors { ... on UserError { code } } } ${ERRORS} } }`,
    { input: { messages } },
    person?.token,
  );
  const { results } = answer.data.sendMessages as { results: readonly Json[] };
  expect(results.map(({ errors }) => errors[0]?.code ?? null)).toEqual([
    null,
    'NOT_FOUND',
    'TEMPLATE_NOT_APPROVED',
    'VARIABLES_INVALID',
    null,
    null,
  ]);
  expect(results[4]).toMatchObject({ replayed: true, message: results[0]?.message });
});

it(
  'a tenant with a few messages does not wait for one with a long queue',
  async () => {
    const [noisy, quiet] = [of('acme'), of('globex')];
    for (let sent = 0; sent < BACKLOG; sent += BATCH) {
      const wishes = Array.from({ length: BATCH }, (_, index) => {
        const person = noisy[(sent + index) % noisy.length];
        if (person === undefined) throw new Error('nobody is there to be written to');
        return { ...freshWish(person, 'code'), expiresAt: Date.now() + 600_000 };
      });
      await sendMany(bed, wishes);
    }
    const before = await texts();
    for (const person of quiet.slice(0, QUIET)) {
      expect(await sendOne(bed, freshWish(person, 'code'))).toBe('ok');
    }
    const verdict = await bed.verdict();
    expectKept(verdict);
    const phones = new Set(quiet.flatMap(({ addresses }) => addresses));
    const after = (await texts()).slice(before.length);
    const last = after.findLastIndex(({ recipient }) => phones.has(recipient));
    const ahead = after.slice(0, last).filter(({ recipient }) => !phones.has(recipient)).length;
    // There was a queue to wait in.
    expect(BACKLOG - before.length).toBeGreaterThan(2 * AHEAD_MAX);
    expect(ahead).toBeLessThan(AHEAD_MAX);
  },
  sized(120_000, 1_800_000),
);

/** What the carriers took by SMS, in their order. */
async function texts(): Promise<readonly { recipient: string }[]> {
  const lines = (await readFile(bed.parley.historyPath, 'utf8').catch(() => '')).split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { k: string; channel: string; recipient: string })
    .filter(({ k, channel }) => k === 'accept' && channel === 'SMS');
}
