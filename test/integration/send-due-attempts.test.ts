// The sending job on a real database: it keeps a provider busy, and never hands it more at once than it has room for.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { SendOutcome } from '../../providers/provider.ts';
import { eventually } from '../support/carrier-harness.ts';
import { ACCEPTED, scripted, startSending, type Sending } from '../support/sending.ts';

let sending: Sending;
const waiting: ((outcome: SendOutcome) => void)[] = [];
let underWayMax = 0;
const narrow = {
  ...scripted('narrow', 'RCS'),
  sendsMax: 3,
  send: () =>
    new Promise<SendOutcome>((answer) => {
      waiting.push(answer);
      underWayMax = Math.max(underWayMax, waiting.length);
    }),
};

beforeAll(async () => {
  sending = await startSending([narrow]);
});
afterAll(() => sending.close());

it('fills the room that a provider has, and no more, until all are handed over', async () => {
  const ids = await sending.send('only', 8);
  const job = sending.job(narrow);
  job.start();
  for (let answered = 0; answered < ids.length; answered += 1) {
    await eventually(() => waiting.length === Math.min(3, ids.length - answered));
    waiting.shift()?.(ACCEPTED);
  }
  await job.stop();
  expect(underWayMax).toBe(3);
  for (const id of ids) {
    expect((await sending.message(id)).attempts).toMatchObject([{ state: 'SENT', tries: 1 }]);
  }
});
