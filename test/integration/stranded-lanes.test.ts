// Lanes that nobody serves any more, on a real database: what waits there is moved on, and nothing that is served is.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { scripted, startSending, type Sending } from '../support/sending.ts';

const rcs = scripted('rcs-carrier', 'RCS');
const sms = scripted('sms-carrier', 'SMS');

let sending: Sending;

beforeAll(async () => {
  sending = await startSending([rcs, sms]);
});
afterAll(() => sending.close());
beforeEach(async () => {
  await sending.people.sql('delete from messages.lane');
  await sending.people.sql('delete from messages.task');
});

const attemptsOf = async (id: string) => (await sending.message(id)).attempts;

describe('a lane whose provider is configured no more', () => {
  const minutes = async (count: number, ...sweeps: readonly (() => Promise<boolean>)[]) => {
    for (let minute = 0; minute < count; minute += 1) {
      for (const sweep of sweeps) await sweep();
      sending.people.clock.time += 60_000;
    }
  };

  it('is left after five minutes, for the next route or, without one, as undeliverable', async () => {
    const [both = '', only = ''] = [
      ...(await sending.send('both', 1)),
      ...(await sending.send('only', 1)),
    ];
    const sweep = sending.sweep([sms]);
    await minutes(5, sweep);
    expect(await attemptsOf(both)).toMatchObject([{ channel: 'RCS', state: 'PLANNED' }]);
    await minutes(1, sweep);
    expect(await attemptsOf(both)).toMatchObject([
      { channel: 'RCS', state: 'SKIPPED' },
      { channel: 'SMS', state: 'PLANNED', fallbackReason: 'PROVIDER_UNAVAILABLE' },
    ]);
    expect(await sending.message(only)).toMatchObject({
      endReason: 'PROVIDER_UNAVAILABLE',
      attempts: [{ state: 'SKIPPED' }],
    });
    expect(await sending.worker().round(sms)).toMatchObject({ handedOver: 1 });
  });

  it('is not left while any worker has the provider, nor for one that is replaced meanwhile', async () => {
    const [id = ''] = await sending.send('only', 1);
    const [without, having] = [sending.sweep([sms]), sending.sweep([rcs])];
    await minutes(10, having, without);
    // The worker that has it stops, and another one comes four minutes later.
    await sending.people.sql(`update messages.lane set served_at = served_at - interval '1 hour'`);
    await minutes(4, without);
    await minutes(1, sending.sweep([rcs, sms]), without);
    await sending.people.sql(`update messages.lane set served_at = served_at - interval '1 hour'`);
    await minutes(4, without);
    expect(await attemptsOf(id)).toMatchObject([{ state: 'PLANNED' }]);
  });
});
