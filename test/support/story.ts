// The steps that stories are made of, as a client of the API takes them.
import { generateKeyPairSync } from 'node:crypto';
import { proveProofOfPossession } from '../../crypto/proof-of-possession.ts';
import { zoneAtNoon } from './noon.ts';
import type { Json, Parley } from './parley.ts';

export const ERRORS = 'errors { __typename ... on UserError { code message path } }';

let numbers = 0;

/** A phone number of a country with a plan, not used before in this run. The last four digits tell the carrier what to
 *  do where the test sets no profile. */
export function freshPhone(lastFour = '0200'): string {
  numbers += 1;
  return `+1415${String(200 + (numbers % 700)).padStart(3, '0')}${lastFour}`;
}

/** Somebody whose time zone is one where it is noon, unless `input` says another. */
export async function registerRecipient(
  parley: Parley,
  input: object,
  token?: string,
): Promise<string> {
  const answer = await parley.ask(
    `mutation ($input: RegisterRecipientInput!) {
       registerRecipient(input: $input) { recipient { id } ${ERRORS} } }`,
    { input: { timeZone: zoneAtNoon(), ...input } },
    token,
  );
  return answer.data.registerRecipient.recipient.id as string;
}

/** Waits until the carriers have been asked what the phone can do. */
export async function capabilityKnown(
  parley: Parley,
  recipientId: string,
  token?: string,
): Promise<void> {
  for (;;) {
    const answer = await parley.ask(
      `query ($id: ID!) { recipient(id: $id) { channels { channel reasons } } }`,
      { id: recipientId },
      token,
    );
    const channels = answer.data.recipient.channels as { channel: string; reasons: string[] }[];
    const rcs = channels.find(({ channel }) => channel === 'RCS');
    if (rcs !== undefined && !rcs.reasons.includes('CAPABILITY_UNKNOWN')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function recordConsent(
  parley: Parley,
  recipientId: string,
  more: object = {},
  token?: string,
): Promise<void> {
  const input = {
    recipientId,
    purpose: 'TRANSACTIONAL',
    channels: ['RCS', 'SMS'],
    jurisdiction: 'US',
    method: 'CHECKBOX',
    policyVersion: '2026-11',
    source: 'WEB',
    ...more,
  };
  const answer = await parley.ask(
    `mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { ${ERRORS} } }`,
    { input },
    token,
  );
  if (answer.data?.recordConsent.errors.length !== 0) throw new Error(JSON.stringify(answer));
}

export async function withdrawConsent(
  parley: Parley,
  recipientId: string,
  channels: readonly string[] = ['RCS', 'SMS'],
  token?: string,
): Promise<void> {
  const input = {
    recipientId,
    purpose: 'TRANSACTIONAL',
    channels,
    jurisdiction: 'US',
    method: 'FORM',
    policyVersion: '2026-11',
    source: 'WEB',
  };
  const answer = await parley.ask(
    `mutation ($input: WithdrawConsentInput!) { withdrawConsent(input: $input) { ${ERRORS} } }`,
    { input },
    token,
  );
  if (answer.data?.withdrawConsent.errors.length !== 0) throw new Error(JSON.stringify(answer));
}

export const PAYMENT = {
  name: 'payment_confirmation',
  type: 'RECEIPT',
  purpose: 'TRANSACTIONAL',
  sensitivity: 'MEDIUM',
  channels: ['RCS', 'SMS'],
  locales: [
    {
      locale: 'en',
      title: 'Payment confirmed',
      body: 'You paid {{amount}} with card {{card}}.',
      smsText:
        'Payment of {{amount}} with card {{card}} processed. Check the app for your receipt.',
      neutralText: 'Acme Bank has a secure message for you.',
      actions: [{ id: 'help', label: 'Not me' }],
    },
  ],
  variables: [{ name: 'amount' }, { name: 'card', sensitive: true, mask: 'LAST4' }],
};

export const OFFER = {
  name: 'summer_offer',
  type: 'MARKETING',
  purpose: 'MARKETING',
  sensitivity: 'LOW',
  channels: ['RCS', 'SMS'],
  locales: [
    {
      locale: 'en',
      title: 'Summer',
      body: 'Everything is cheaper.',
      smsText: 'Summer: everything is cheaper. Reply STOP to end.',
      neutralText: 'Acme has a message for you.',
      actions: [],
    },
  ],
  variables: [],
};

/** Creates, submits and approves a template; returns its id. */
export async function approveTemplate(
  parley: Parley,
  template: object = PAYMENT,
  token?: string,
): Promise<string> {
  const created = await parley.ask(
    `mutation ($input: CreateTemplateInput!) {
       createTemplate(input: $input) { template { id } ${ERRORS} } }`,
    { input: template },
    token,
  );
  const id = created.data.createTemplate.template.id as string;
  await parley.ask(
    `mutation ($input: MoveTemplateInput!) {
       submitTemplate(input: $input) { ${ERRORS} }
       approveTemplate(input: $input) { ${ERRORS} } }`,
    { input: { templateId: id } },
    token,
  );
  return id;
}

export interface Device {
  readonly id: string;
  /** The private key, which never leaves the device. */
  readonly jwk: object;
}

/** A device makes its key, answers the challenge, and registers. */
export async function registerDevice(
  parley: Parley,
  recipientId: string,
  tenant = 'acme',
): Promise<Device> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const alg = 'HPKE-7-KE';
  const jwk = { ...pair.privateKey.export({ format: 'jwk' }), alg };
  const { kty, crv, x, y } = jwk;
  const challenged = await parley.ask(
    `mutation ($input: CreateDeviceChallengeInput!) {
       createDeviceChallenge(input: $input) { challenge { nonce } ${ERRORS} } }`,
    { input: { recipientId } },
  );
  const challenge = challenged.data.createDeviceChallenge.challenge.nonce as string;
  const proof = proveProofOfPossession(jwk, {
    aud: tenant,
    sub: recipientId,
    nonce: challenge,
    now: Date.now(),
  });
  const registered = await parley.ask(
    `mutation ($input: RegisterDeviceInput!) {
       registerDevice(input: $input) { device { id } ${ERRORS} } }`,
    {
      input: {
        recipientId,
        platform: 'ANDROID',
        publicKey: { kty, crv, x, y, alg },
        challenge,
        proof,
      },
    },
  );
  const device = registered.data?.registerDevice.device;
  if (!device) throw new Error(JSON.stringify(registered));
  return { id: device.id as string, jwk };
}

export const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) {
    replayed
    message { id status decision { policyVersion candidates { channel protection rank reasons } } }
    errors {
      __typename
      ... on UserError { code message path }
      ... on ConsentRefused { decision { candidates { channel reasons } } }
    }
  }
}`;

let keys = 0;

export async function send(
  parley: Parley,
  recipientId: string,
  more: object = {},
  token?: string | null,
): Promise<Json> {
  keys += 1;
  const input = {
    idempotencyKey: `key-${keys}`,
    recipientId,
    template: PAYMENT.name,
    variables: [
      { name: 'amount', value: '$12.50' },
      { name: 'card', value: '4242424242424242' },
    ],
    ...more,
  };
  const answer = await parley.ask(SEND, { input }, token);
  return answer.errors === undefined ? answer.data.sendMessage : answer;
}

export interface SeenEvent {
  readonly type: string;
  readonly status: string;
  readonly channel: string | null;
  readonly cursor: string;
  readonly message: { readonly id: string };
  readonly recipient: { readonly id: string; readonly externalId: string | null };
  readonly fallbackReason: string | null;
}

const EVENTS = `subscription ($filter: DeliveryEventFilter, $after: String) {
  deliveryEvents(filter: $filter, after: $after) {
    ... on DeliveryEvent {
      type status channel cursor fallbackReason message { id } recipient { id externalId }
    }
    ... on StreamGap { resumeAfter }
  }
}`;

/** Subscribes, and collects until one event satisfies `last`. */
export async function eventsUntil(
  parley: Parley,
  variables: object,
  last: (event: SeenEvent) => boolean,
): Promise<readonly SeenEvent[]> {
  const client = await parley.sockets();
  const seen: SeenEvent[] = [];
  for await (const { data, errors } of client.iterate({
    query: EVENTS,
    variables: { ...variables },
  })) {
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    const event = data?.['deliveryEvents'] as SeenEvent;
    seen.push(event);
    if (last(event)) break;
  }
  return seen;
}

/** The message as it stands, once `holds` holds. */
export async function messageOnce(
  parley: Parley,
  id: string,
  holds: (message: Json) => boolean,
): Promise<Json> {
  for (;;) {
    const answer = await parley.ask(
      `query ($id: ID!) { message(id: $id) {
         id status sentAt deliveredAt readAt endReason
         attempts { number channel protection provider state tries failureCode fallbackReason envelopeDigest }
         timeline { type status channel provider } } }`,
      { id },
    );
    if (answer.data?.message && holds(answer.data.message)) return answer.data.message;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
