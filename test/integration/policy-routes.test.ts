// What a policy does to routes and texts on a real database: rollouts, and sentences that have to be there.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { forgetPolicies, setPolicy as setPolicyOf } from '../support/policies.ts';
import { scripted, startSending, type Sending } from '../support/sending.ts';

const carrier = scripted('carrier', 'RCS');
let sending: Sending;
beforeAll(async () => {
  sending = await startSending([carrier, scripted('texts', 'SMS')]);
}, 60_000);
afterAll(() => sending.close());
beforeEach(() => forgetPolicies(sending));

const setPolicy = (policy: object, basedOn = 0) => setPolicyOf(sending, policy, { basedOn });
const sent = async (recipientId: string) => {
  const { sendMessage } = await sending.ask(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id
       decision { candidates { channel rank } } } } }`,
    { input: { idempotencyKey: randomUUID(), recipientId, template: 'both' } },
  );
  return sendMessage.message;
};

describe('a rollout', () => {
  const trial = (percent: number) => ({ name: 'rcs-trial', channel: 'RCS', percent });
  const flag = (recipientId: string, isEnabled: boolean) =>
    sending.people.ask(
      'recipients',
      `mutation ($input: UpdateRecipientInput!) { updateRecipient(input: $input) { errors { __typename } } }`,
      { input: { recipientId, featureFlags: [{ name: 'rcs-trial', isEnabled }] } },
    );
  const firstChannel = async (recipientId: string) =>
    (await sent(recipientId)).decision.candidates[0].channel as string;

  it('keeps its route from others, and a person’s flag overrides the share both ways', async () => {
    const [one, other] = [await sending.newRecipient(), await sending.newRecipient()];
    await setPolicy({ rollouts: [trial(0)] });
    expect(await firstChannel(one)).toBe('SMS');
    await flag(one, true);
    expect(await firstChannel(one)).toBe('RCS');
    await setPolicy({ rollouts: [trial(100)] }, 1);
    expect(await firstChannel(other)).toBe('RCS');
    await flag(other, false);
    expect(await firstChannel(other)).toBe('SMS');
  });

  it('that is stopped ends for messages that have not left yet', async () => {
    const recipientId = await sending.newRecipient();
    await setPolicy({ rollouts: [trial(100)] });
    const { id } = await sent(recipientId);
    await setPolicy({ rollouts: [trial(0)] }, 1);
    await sending.worker().round(carrier);
    const { attempts } = await sending.message(id);
    expect(attempts).toMatchObject([
      { channel: 'RCS', state: 'SKIPPED', tries: 0 },
      { channel: 'SMS', fallbackReason: 'PERMISSION_LOST' },
    ]);
  });
});

describe('a disclosure', () => {
  const address = (more: object) => ({
    channel: 'RCS',
    purpose: 'TRANSACTIONAL',
    sentence: 'Acme, 1 Main Street.',
    ...more,
  });

  it('stands in what the provider gets, and in the preview, where the region asks for it', async () => {
    const recipientId = await sending.newRecipient();
    await setPolicy({ disclosures: [address({ region: 'US' })] });
    const { id } = await sent(recipientId);
    await sending.worker().round(carrier);
    expect(carrier.taken.at(-1)?.content).toMatchObject({ body: 'Hello.\nAcme, 1 Main Street.' });
    const { message } = await sending.ask(
      `query ($id: ID!) { message(id: $id) { template { id } } }`,
      { id },
    );
    const templateId = message.template.id as string;
    const shown = async (region: string) => {
      const { previewMessage } = await sending.ask(
        `query ($input: PreviewMessageInput!) { previewMessage(input: $input) { preview {
           renderings { channel content { ... on CardPreview { body } } } } } }`,
        { input: { templateId, region, protection: 'CLEAR' } },
      );
      return previewMessage.preview.renderings[0].content.body;
    };
    expect(await shown('US')).toBe('Hello.\nAcme, 1 Main Street.');
    expect(await shown('AT')).toBe('Hello.');
  });

  it('is a sentence of a language and a place, or refused', async () => {
    const wrong = [
      { sentence: ' ' },
      { sentence: '{{name}}' },
      { region: 'us' },
      { language: 'EN' },
    ];
    const { errors } = await setPolicy({ disclosures: wrong.map(address) });
    expect(errors.map(({ path }: { path: string[] }) => path.join('.'))).toEqual([
      'policy.disclosures.0.sentence',
      'policy.disclosures.1.sentence',
      'policy.disclosures.2.region',
      'policy.disclosures.3.language',
    ]);
  });
});
