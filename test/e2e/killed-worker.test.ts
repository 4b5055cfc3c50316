// Workers that are killed: nothing is lost or doubled, and what was queued asks for consent again.
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
  withdrawConsent,
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
    // The carrier takes the first hand-over and never answers; the receipt comes when the second worker is at it.
    parley.carrier.control.setProfile(phone, {
      submit: ['hangAfter', 'ok'],
      receipts: [['delivered', 6_000]],
    });
    const sent = await send(parley, recipientId);
    const { id } = sent.message;
    while ((await acceptedBy(parley, 'RCS')).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const worker of parley.workers()) await parley.kill(worker);
    const [before] = (await messageOnce(parley, id, () => true)).attempts;
    expect(before).toMatchObject({ state: 'SUBMITTING', tries: 1 });

    await parley.run('workers');
    const message = await messageOnce(
      parley,
      id,
      ({ status, attempts }) => status === 'DELIVERED' && attempts[0].state === 'DELIVERED',
    );
    expect(message.attempts).toMatchObject([{ tries: 2 }]);
    // Handed over twice, taken once.
    const handedOver = parley.carrier.control
      .journal()
      .filter((line: Json) => line.wire === 'rbm' && /agentMessages/.test(JSON.stringify(line)));
    expect(handedOver.length).toBeGreaterThanOrEqual(2);
    expect(await acceptedBy(parley, 'RCS')).toHaveLength(1);
    expect(await acceptedBy(parley, 'SMS')).toHaveLength(0);
  }, 30_000);

  it('sends nothing that was accepted before a withdrawal and is claimed after it', async () => {
    const phone = freshPhone();
    const recipientId = await registerRecipient(parley, { phone });
    await capabilityKnown(parley, recipientId);
    await recordConsent(parley, recipientId);
    const before = (await acceptedBy(parley, 'RCS')).length;
    for (const worker of parley.workers()) await parley.kill(worker);
    const sent = await send(parley, recipientId);
    expect(sent.errors).toEqual([]);
    await withdrawConsent(parley, recipientId);
    await parley.run('workers');
    const message = await messageOnce(
      parley,
      sent.message.id,
      ({ status }) => status === 'SUPPRESSED',
    );
    expect(message).toMatchObject({
      endReason: 'PERMISSION_LOST',
      attempts: [{ state: 'SKIPPED' }, { state: 'SKIPPED' }],
    });
    expect(await acceptedBy(parley, 'RCS')).toHaveLength(before);
    expect(await acceptedBy(parley, 'SMS')).toHaveLength(0);
  }, 30_000);
});

/** What the carriers accepted, as their history tells it. */
async function acceptedBy(parley: Parley, channel: string): Promise<readonly Json[]> {
  const lines = (await readFile(parley.historyPath, 'utf8').catch(() => '')).trim().split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json)
    .filter((line) => line.k === 'accept' && line.channel === channel);
}
