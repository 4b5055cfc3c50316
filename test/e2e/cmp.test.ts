// A consent management platform tells of a choice over HTTP, and the next message knows it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import supertest from 'supertest';
import { signWebhook } from '../../crypto/webhook-signature.ts';
import { startParley, type Parley } from '../support/parley.ts';
import {
  approveTemplate,
  capabilityKnown,
  ERRORS,
  freshPhone,
  OFFER,
  registerRecipient,
  send,
} from '../support/story.ts';

let parley: Parley;
beforeAll(async () => {
  parley = await startParley('together');
  await approveTemplate(parley, OFFER);
}, 60_000);
afterAll(() => parley.stop(), 30_000);

test('an offer follows a consent that the platform was told of, and not its withdrawal', async () => {
  const phone = freshPhone('0100');
  const id = await registerRecipient(parley, { phone, locale: 'en', region: 'US' });
  await capabilityKnown(parley, id);
  const input = {
    format: 'GENERIC',
    purposes: [{ code: 'offers', purpose: 'MARKETING', channels: ['RCS', 'SMS'] }],
    jurisdiction: 'US',
    policyVersion: '2026-11',
  };
  const { data } = await parley.ask(
    `mutation ($input: ConfigureCmpSourceInput!) {
       configureCmpSource(input: $input) { source { path } secret ${ERRORS} } }`,
    { input },
  );
  const { source, secret } = data.configureCmpSource;
  const tells = async (status: string): Promise<void> => {
    const timestamp = new Date().toISOString();
    const body = JSON.stringify({
      identifier: phone,
      choices: [{ purpose: 'offers', status, timestamp }],
      cmp: { name: 'Acme consent', version: '4.2' },
    });
    const seconds = String(Math.floor(Date.now() / 1000));
    const signature = signWebhook([secret], { id: status, timestamp: seconds, body });
    await supertest(parley.url)
      .post(source.path)
      .set({ 'webhook-id': status, 'webhook-timestamp': seconds, 'webhook-signature': signature })
      .set('content-type', 'application/json')
      .send(body)
      .expect(200, { recordedCount: 2, replayed: false });
  };
  const offer = () => send(parley, id, { template: OFFER.name, variables: [] });
  expect((await offer()).errors).toMatchObject([{ code: 'CONSENT_REFUSED' }]);
  await tells('granted');
  expect((await offer()).errors).toEqual([]);
  await tells('withdrawn');
  expect((await offer()).errors).toMatchObject([{ code: 'CONSENT_REFUSED' }]);
}, 60_000);
