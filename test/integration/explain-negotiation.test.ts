// Dry runs of negotiation on a real database: the decision of a send, for nothing that is written.
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { deeds } from '../support/people.ts';
import { scripted, startSending, type Sending } from '../support/sending.ts';

const DECISION = `decision { policyVersion decidedAt
  candidates { channel protection provider score rank reasons consentId }
  capabilities { channel supported nativeE2ee source checkedAt expiresAt } }`;

let sending: Sending;
let recipientId: string;
beforeAll(async () => {
  sending = await startSending([scripted('carrier', 'RCS'), scripted('texts', 'SMS')]);
  recipientId = await sending.newRecipient();
}, 60_000);
afterAll(() => sending.close());
beforeEach(() => {
  sending.people.statements.messages.length = 0;
});

const explained = async (input: object = {}) => {
  const { explainNegotiation } = await sending.ask(
    `query ($input: ExplainNegotiationInput!) { explainNegotiation(input: $input) {
       ${DECISION} errors { __typename ... on UserError { code path } } } }`,
    { input: { recipientId, template: 'both', ...input } },
  );
  return explainNegotiation;
};

const withdraw = (channels: readonly string[]) =>
  sending.people.ask(
    'consent',
    `mutation ($input: WithdrawConsentInput!) { withdrawConsent(input: $input) { errors { __typename } } }`,
    {
      input: {
        recipientId,
        purpose: 'TRANSACTIONAL',
        channels,
        jurisdiction: 'US',
        method: 'FORM',
        policyVersion: '1',
        source: 'WEB',
      },
    },
  );

it('a dry run answers the decision that a send then makes', async () => {
  const { decision, errors } = await explained();
  expect(errors).toEqual([]);
  expect(decision.candidates.slice(0, 2)).toMatchObject([
    { channel: 'RCS', protection: 'CLEAR', provider: 'carrier', rank: 1, reasons: [] },
    { channel: 'SMS', protection: 'CLEAR', provider: 'texts', rank: 2, reasons: [] },
  ]);
  expect(decision.candidates[0].consentId).toMatch(/^cns_/);
  const { sendMessage } = await sending.ask(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { ${DECISION} } } }`,
    { input: { idempotencyKey: 'after-the-dry-run', recipientId, template: 'both' } },
  );
  expect(sendMessage.message.decision).toEqual(decision);
});

it('a dry run writes nothing, and costs the same statements whatever comes of it', async () => {
  const { people } = sending;
  const counted = async (input: object) => {
    people.statements.messages.length = 0;
    await explained(input);
    return deeds(people.statements.messages);
  };
  const before = await people.sql(`select count(*) from messages.message`);
  const taken = await counted({});
  const later = await counted({ sendAt: new Date(people.clock.time + 86_400_000) });
  expect(later).toHaveLength(taken.length);
  expect(taken.length).toBeLessThan(10);
  expect(taken.filter((sql) => /^\s*(insert|update|delete)/i.test(sql))).toEqual([]);
  expect(await people.sql(`select count(*) from messages.message`)).toEqual(before);
});

it.each<[string, object, object]>([
  [
    'an unknown recipient',
    { recipientId: 'rcp_00000000000000000000000000' },
    { __typename: 'NotFound', path: ['recipientId'] },
  ],
  ['an unknown template', { template: 'none' }, { __typename: 'TemplateNotApproved' }],
  [
    'a variable that the template does not have',
    { variables: [{ name: 'more', value: '1' }] },
    { __typename: 'VariablesInvalid' },
  ],
  [
    'a time that is past',
    { sendAt: new Date(0) },
    { __typename: 'InvalidInput', path: ['sendAt'] },
  ],
])('%s is refused as by a send, without a decision', async (_, input, error) => {
  expect(await explained(input)).toMatchObject({ decision: null, errors: [error] });
});

it('a message without a permitted route is explained with all its reasons', async () => {
  await withdraw(['RCS', 'SMS']);
  const { decision, errors } = await explained();
  expect(errors).toMatchObject([{ __typename: 'ConsentRefused', code: 'CONSENT_REFUSED' }]);
  const reasons = decision.candidates.map((one: { channel: string; reasons: string[] }) => [
    one.channel,
    ...one.reasons,
  ]);
  expect(reasons).toContainEqual(['RCS', 'CONSENT_WITHDRAWN']);
  expect(reasons).toContainEqual(['SMS', 'CONSENT_WITHDRAWN']);
});
