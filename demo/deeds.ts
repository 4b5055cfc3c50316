// What the story's people and systems do, each one call of the API.
import { randomInt, randomUUID } from 'node:crypto';
import { StoryError, type Json, type Platform } from './platform.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly phone: string;
}

const ERRORS = 'errors { ... on UserError { code message path } }';
const CHANNELS = ['RCS', 'SMS'];

/** Registers a person and waits until the carriers were asked what the phone can do. */
export async function register(platform: Platform, name: string, profile: object): Promise<Person> {
  const phone = `+1415555${String(randomInt(10_000)).padStart(4, '0')}`;
  await platform.setProfile(phone, profile);
  const input = { phone, externalId: `${name.toLowerCase()}-${randomUUID().slice(0, 8)}` };
  const answer = await platform.ask(
    `mutation ($input: RegisterRecipientInput!) {
       registerRecipient(input: $input) { recipient { id } ${ERRORS} } }`,
    { input },
  );
  const { recipient, errors } = answer.registerRecipient;
  // A number that an earlier run took: another one will do.
  if (errors[0]?.code === 'ALREADY_EXISTS') return register(platform, name, profile);
  if (recipient === null) throw new StoryError(`${name} was refused: ${errors[0].message}`);
  for (;;) {
    const { recipient: now } = await platform.ask(
      'query ($id: ID!) { recipient(id: $id) { channels { channel reasons } } }',
      { id: recipient.id },
    );
    const rcs = now.channels.find(({ channel }: Json) => channel === 'RCS');
    if (!rcs.reasons.includes('CAPABILITY_UNKNOWN')) return { id: recipient.id, name, phone };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function consent(
  platform: Platform,
  person: Person,
  deed: 'record' | 'withdraw',
): Promise<void> {
  const [mutation, type] =
    deed === 'record'
      ? ['recordConsent', 'RecordConsentInput']
      : ['withdrawConsent', 'WithdrawConsentInput'];
  const answer = await platform.ask(
    `mutation ($input: ${type}!) { done: ${mutation}(input: $input) { ${ERRORS} } }`,
    {
      input: {
        recipientId: person.id,
        purpose: 'TRANSACTIONAL',
        channels: CHANNELS,
        jurisdiction: 'US',
        method: deed === 'record' ? 'CHECKBOX' : 'FORM',
        policyVersion: '2026-11',
        source: 'WEB',
      },
    },
  );
  if (answer.done.errors.length > 0) throw new StoryError(answer.done.errors[0].message);
}

/** The name of a template that is approved for this run. */
export async function approveTemplate(platform: Platform): Promise<string> {
  const name = `payment_confirmation_${randomUUID().slice(0, 8)}`;
  const created = await platform.ask(
    `mutation ($input: CreateTemplateInput!) {
       createTemplate(input: $input) { template { id } ${ERRORS} } }`,
    {
      input: {
        name,
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
            smsText:
              'Payment of {{amount}} with card {{card}} processed. Check the app for details.',
            neutralText: 'Demo Bank has a secure message for you.',
          },
        ],
        variables: [{ name: 'amount' }, { name: 'card', sensitive: true, mask: 'LAST4' }],
      },
    },
  );
  const input = { templateId: created.createTemplate.template.id };
  await platform.ask(
    `mutation ($input: MoveTemplateInput!) {
       submitTemplate(input: $input) { ${ERRORS} }
       approveTemplate(input: $input) { ${ERRORS} } }`,
    { input },
  );
  return name;
}

const DECISION = 'decision { policyVersion candidates { channel protection score rank reasons } }';

/** Sends the payment confirmation; what comes back is the mutation's payload as it is. */
export async function send(
  platform: Platform,
  person: Person,
  message: { template: string; key: string; amount: string },
): Promise<Json> {
  const answer = await platform.ask(
    `mutation ($input: SendMessageInput!) {
       sendMessage(input: $input) {
         replayed
         message { id ${DECISION} }
         errors { __typename ... on UserError { code message } ... on ConsentRefused { ${DECISION} } } } }`,
    {
      input: {
        idempotencyKey: message.key,
        recipientId: person.id,
        template: message.template,
        variables: [
          { name: 'amount', value: message.amount },
          { name: 'card', value: '4242424242424242' },
        ],
      },
    },
  );
  return answer.sendMessage;
}

const EVENTS = `subscription ($filter: DeliveryEventFilter) {
  deliveryEvents(filter: $filter) {
    ... on DeliveryEvent {
      type status channel provider failureCode fallbackReason occurredAt recipient { externalId }
    } } }`;

/** The person's events as they come, until one of them is `last`. */
export async function* watch(
  platform: Platform,
  person: Person,
  last: string,
): AsyncGenerator<Json, void, undefined> {
  const variables = { filter: { recipientIds: [person.id] } };
  for await (const { data, errors } of platform.sockets.iterate({ query: EVENTS, variables })) {
    if (errors) throw new StoryError(`The stream broke: ${errors[0]?.message}`);
    const event = data?.['deliveryEvents'] as Json;
    yield event;
    if (event.type === last) return;
  }
}
