// Turns in a lane whose rate is used up: what goes last goes nevertheless.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { scripted, startSending, type Sending } from '../support/sending.ts';
import { workerOf } from '../support/workers.ts';

const rcs = scripted('rcs-carrier', 'RCS', { perSecond: 0.01, burst: 4 });
let sending: Sending;
beforeAll(async () => {
  sending = await startSending([rcs]);
});
afterAll(() => sending.close());

it('priorities order nine claims of ten; in the tenth what goes last takes its turn', async () => {
  const [last = ''] = await sending.send('only', 1);
  await sending.people.sql('update messages.task set priority = 4');
  await sending.send('only', 12);
  let drawn = 0.1;
  const worker = workerOf({ ...sending.deps, random: () => drawn });
  const goes = async () => {
    await worker.round(rcs);
    // The bucket is full again.
    await sending.people.sql(
      `update messages.lane set refilled_at = refilled_at - interval '1 day'`,
    );
    return (await sending.message(last)).attempts[0].state;
  };
  expect([await goes(), await goes()]).toEqual(['PLANNED', 'PLANNED']);
  drawn = 0.09;
  expect(await goes()).toBe('SENT');
});
