// Two processes of the platform: what is withdrawn through one is refused by the other at once, and streamed to whoever watches.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../../platform/free-port.ts';
import { startParley, type Json, type Parley } from '../support/parley.ts';
import { freshPhone, recordConsent, registerRecipient, withdrawConsent } from '../support/story.ts';

const ROUNDS = 50;

describe('a consent in two processes', () => {
  let one: Parley;
  let other: Parley;
  let recipientId: string;

  beforeAll(async () => {
    one = await startParley('together');
    const port = String(await findFreePort());
    await one.run('gateway,recipients,consent,messages,delivery', { PORT: port });
    const ask: Parley['ask'] = (query, variables, token) =>
      one.ask(query, variables, token, `http://127.0.0.1:${port}`);
    other = { ...one, ask };
    recipientId = await registerRecipient(one, { phone: freshPhone() });
  }, 60_000);

  afterAll(() => one.stop(), 30_000);

  const reasonAt = async (parley: Parley): Promise<string | null> => {
    const { data } = await parley.ask(
      `query ($batch: [ConsentQuestionInput!]!) { consentDecisions(batch: $batch) { allowed reason } }`,
      { batch: [{ recipientId, purpose: 'TRANSACTIONAL', channel: 'SMS' }] },
    );
    return data.consentDecisions[0].reason;
  };

  it('is refused by one as soon as the other acknowledged its withdrawal, round after round', async () => {
    const late = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const [giving, taking] = round % 2 === 0 ? [one, other] : [other, one];
      await recordConsent(giving, recipientId);
      const granted = await reasonAt(taking);
      await withdrawConsent(taking, recipientId);
      const withdrawn = await reasonAt(giving);
      if (granted !== null || withdrawn !== 'CONSENT_WITHDRAWN') late.push({ granted, withdrawn });
    }
    expect(late).toEqual([]);
  });

  it('is streamed by one as it is recorded by the other', async () => {
    const client = await one.sockets();
    const watched = await registerRecipient(one, { phone: freshPhone() });
    const stream = client.iterate<Json>({
      query: `subscription ($ids: [ID!]) { consentChanged(recipientIds: $ids) {
        ... on ConsentChange { cursor consent { action channel receipt { receipt } } recipient { id } } } }`,
      variables: { ids: [watched] },
    });
    const changes: Json[] = [];
    const reading = (async () => {
      for await (const { data } of stream) {
        changes.push(data?.consentChanged);
        if (changes.length === 4) return;
      }
    })();
    // A subscription is not acknowledged: the first record is repeated in another policy until one is seen.
    for (let version = 0; changes.length === 0; version += 1) {
      await recordConsent(other, watched, { policyVersion: String(version), channels: ['SMS'] });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await recordConsent(other, watched, { channels: ['RCS'] });
    await withdrawConsent(other, watched);
    while (changes.length < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    await reading;
    expect(changes.at(-1)).toMatchObject({ recipient: { id: watched } });
    expect(new Set(changes.map(({ cursor }) => cursor)).size).toBe(4);
    expect(changes.every(({ consent }) => consent.receipt.receipt.split('.').length === 3)).toBe(
      true,
    );
    expect(changes.map(({ consent }) => consent.action)).toContain('WITHDRAWN');
  });
});
