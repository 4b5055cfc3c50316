// What the story's people and systems do, each one call of the API.
import { createHash, randomInt, randomUUID } from 'node:crypto';
import { accepted, type Json, type Platform } from './platform.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly externalId: string;
  readonly phone: string;
}

/** A message as the bank asks for it. */
export interface Payment {
  readonly key: string;
  readonly amount: string;
}

export const CARD = '4242424242424242';
const CHANNELS = ['RCS', 'SMS'];

const CONTENT = {
  type: 'RECEIPT',
  purpose: 'TRANSACTIONAL',
  sensitivity: 'MEDIUM',
  channels: CHANNELS,
  receiptWindowSeconds: 10,
  locales: [
    {
      locale: 'en',
      title: 'Payment confirmed',
      body: 'You paid {{amount}} to Corner Books with card {{card}}.',
      smsText: 'Payment of {{amount}} with card {{card}} processed. Check the app for details.',
      neutralText: 'Demo Bank has a secure message for you.',
    },
  ],
  variables: [{ name: 'amount' }, { name: 'card', sensitive: true, mask: 'LAST4' }],
};

/** Named after its content, so that a template which an earlier run left is this one and no other. */
export const TEMPLATE = `payment_confirmation_${createHash('sha256')
  .update(JSON.stringify(CONTENT))
  .digest('hex')
  .slice(0, 8)}`;

/** Registers a person whose carriers do what `profile` says. */
export async function register(platform: Platform, name: string, profile: object): Promise<Person> {
  const phone = `+1415555${String(randomInt(10_000)).padStart(4, '0')}`;
  const externalId = `${name.toLowerCase()}-${randomUUID().slice(0, 4)}`;
  // Before the platform looks the number up in the background.
  await platform.setProfile(phone, profile);
  const payload = await platform.mutate(
    'registerRecipient',
    { phone, externalId },
    'recipient { id }',
  );
  // An earlier run took the number or the name: others will do.
  if (payload.errors[0]?.code === 'ALREADY_EXISTS') return register(platform, name, profile);
  const { id } = accepted(payload).recipient;
  return { id, name, externalId, phone };
}

/** Asks the carriers what the person's phone can do; the channels of the template with what is known. */
export async function lookUp(platform: Platform, { id }: Person): Promise<readonly Json[]> {
  const { recipient } = accepted(
    await platform.mutate(
      'refreshCapabilities',
      { recipientId: id },
      'recipient { channels { channel capability { supported source } } }',
    ),
  );
  return recipient.channels.filter(({ channel }: Json) => CHANNELS.includes(channel));
}

export async function consent(platform: Platform, person: Person): Promise<Json> {
  return changeConsent(platform, person, 'recordConsent', 'CHECKBOX');
}

export async function withdraw(platform: Platform, person: Person): Promise<Json> {
  return changeConsent(platform, person, 'withdrawConsent', 'FORM');
}

/** The records that stand now, one for each channel. */
async function changeConsent(
  platform: Platform,
  person: Person,
  mutation: 'recordConsent' | 'withdrawConsent',
  method: string,
): Promise<readonly Json[]> {
  const input = {
    recipientId: person.id,
    purpose: CONTENT.purpose,
    channels: CHANNELS,
    jurisdiction: 'US',
    method,
    policyVersion: '2026-11',
    source: 'WEB',
  };
  const selection = 'consents { id channel purpose action }';
  return accepted(await platform.mutate(mutation, input, selection)).consents;
}

/** Creates, submits and approves the template; its version. */
export async function approveTemplate(platform: Platform): Promise<number> {
  const selection = 'template { id version }';
  const { template } = accepted(
    await platform.mutate('createTemplate', { name: TEMPLATE, ...CONTENT }, selection),
  );
  for (const move of ['submitTemplate', 'approveTemplate']) {
    const input = { templateId: template.id };
    accepted(await platform.mutate(move, input, selection, 'MoveTemplateInput'));
  }
  return template.version;
}

const DECISION = 'decision { policyVersion candidates { channel protection score rank reasons } }';

/** Sends the payment confirmation: the mutation's payload as it is, refusals included. */
export async function send(
  platform: Platform,
  person: Person,
  { key, amount }: Payment,
): Promise<Json> {
  const input = {
    idempotencyKey: key,
    recipientId: person.id,
    template: TEMPLATE,
    variables: [
      { name: 'amount', value: amount },
      { name: 'card', value: CARD },
    ],
  };
  const selection = `replayed message { id ${DECISION} }
    refused: errors { ... on ConsentRefused { ${DECISION} } }`;
  return platform.mutate('sendMessage', input, selection);
}

/** What the platform's own record says was handed over, attempt by attempt. */
export async function attemptsOf(platform: Platform, messageId: string): Promise<readonly Json[]> {
  const answer = await platform.ask(
    'query ($id: ID!) { message(id: $id) { attempts { channel state envelopeDigest } } }',
    { id: messageId },
  );
  return answer.message.attempts;
}

export async function messagesOf(platform: Platform, { id }: Person): Promise<readonly Json[]> {
  const answer = await platform.ask(
    'query ($id: ID!) { recipient(id: $id) { recentMessages { id } } }',
    { id },
  );
  return answer.recipient.recentMessages;
}
