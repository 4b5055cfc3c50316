// A worker is killed between claiming an attempt and recording its outcome: the message ends, and was taken once.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startParley, type Json, type Parley } from '../support/parley.ts';
import {
  approveTemplate,
  capabilityKnown,
  freshPhone,
  messageOnce,
  recordConsent,
  registerRecipient,
  send,
} from '../support/story.ts';

describe('a worker that is killed with an attempt in hand', () => {
  let parley: Parley;

  beforeAll(async () => {
    parley = await startParley('apart', { SEND_LEASE_MS: '2500' });
    await approveTemplate(parley);
  }, 60_000);

  afterAll(() => parley.stop(), 30_000);

  it('loses nothing and doubles nothing: the next worker hands the same attempt over again', async () => {
    const phone = freshPhone();
    const recipientId = await registerRecipient(parley, { phone });
    await capabilityKnown(parley, recipientId);
    await recordConsent(parley, recipientId);
    parley.carrier.control.setProfile(phone, { receipts: [['delivered', 20]] });
    // Slow enough that the kill falls between the hand-over and its answer.
    parley.carrier.control.setFaults({ scope: 'rbm', latencyMs: { p50: 1_000, p99: 1_000 } });

    const sent = await send(parley, recipientId);
    const { id } = sent.message;
    await messageOnce(parley, id, ({ attempts }) => attempts[0].state === 'SUBMITTING');
    const worker = parley.processes.get('workers');
    if (worker === undefined) throw new Error('there is a worker');
    await parley.kill(worker);
    parley.carrier.control.setFaults({ scope: 'rbm', latencyMs: { p50: 0, p99: 0 } });
    const [before] = (await messageOnce(parley, id, () => true)).attempts;
    expect(before).toMatchObject({ state: 'SUBMITTING', tries: 1 });

    await parley.run('workers');
    const message = await messageOnce(
      parley,
      id,
      ({ status, attempts }) => status === 'DELIVERED' && attempts[0].state === 'DELIVERED',
    );
    expect(message.attempts).toHaveLength(1);
    expect(await acceptedBy(parley, 'RCS')).toHaveLength(1);
    expect(await acceptedBy(parley, 'SMS')).toHaveLength(0);
  }, 30_000);
});

/** What the carriers accepted, as their history tells it. */
async function acceptedBy(parley: Parley, channel: string): Promise<readonly Json[]> {
  const lines = (await readFile(parley.historyPath, 'utf8')).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as Json)
    .filter((line) => line.k === 'accept' && line.channel === channel);
}
