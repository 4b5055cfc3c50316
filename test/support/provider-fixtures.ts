// What the contract suite knows of each provider: how to configure it, what it answers, and how its callbacks are signed.
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { createProviders, providerOptions } from '../../providers/index.ts';
import type { Outbound, Provider, RawCallback } from '../../providers/provider.ts';
import type { TlsIdentity } from '../../simulator/certificate.ts';
import type { Answer, Incoming } from '../../simulator/server.ts';
import { sample } from './samples.ts';

export const CALLBACK_BASE_URL = 'https://parley.example/callbacks';
export const ATTEMPT = '0192b1c8-0000-7000-8000-000000000001';

/** One provider, as the suite sees it. `secrets` are those it is configured with: the present one, then the old. */
export interface ProviderFixture {
  readonly id: string;
  /** Variables that configure it against `apiUrl`; tokens come from `tokenUrl` where it needs any. */
  settings(apiUrl: string, tokenUrl?: string): Record<string, string>;
  /** One of them without which it is configured halfway. */
  readonly halfWithout: string;
  readonly outbound: Outbound;
  readonly tooLong: Outbound;
  /** Where it speaks TLS alone. */
  readonly tls?: TlsIdentity;
  /** Whom `outbound` goes to, where that depends on where the API is. */
  to?(apiUrl: string): string;
  /** What a request says, where it is not its query and body. */
  said?(request: Incoming): string;
  /** The API's own acceptance of `outbound`, and the id that it gives. */
  readonly acceptance: Answer;
  readonly acceptedId: string;
  /** The API's own error answer, and its callback, with one of the sample's codes; null where it is in none. */
  failureAnswer(code: string): Answer | null;
  failureCallback(code: string): Omit<RawCallback, 'headers'> | null;
  /** Every code of the samples, and what it stands for. */
  readonly failureCodes: Readonly<Record<string, string>>;
  readonly secrets: readonly [string, string];
  readonly secretsVariable: string;
  /** A callback about ATTEMPT. `status` is the provider's own word. */
  callback(status: string): Omit<RawCallback, 'headers'>;
  sign(callback: Omit<RawCallback, 'headers'>, secret: string): RawCallback;
  readonly statuses: { readonly delivered: string; readonly unheardOf: string };
  /** A callback without what proves it, where that is not in its headers. */
  unsign?(callback: RawCallback): RawCallback;
  /** The same callback with another meaning, as a forger would write it. */
  tamper(callback: RawCallback): RawCallback;
}

const directory = mkdtempSync(join(tmpdir(), 'parley-providers-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A service account's file whose tokens come from `tokenUrl`. */
export function serviceAccountFile(tokenUrl: string): string {
  const path = join(directory, `${randomUUID()}.json`);
  const account = { client_email: 'parley@test.invalid', private_key: PEM };
  writeFileSync(path, JSON.stringify({ ...account, token_uri: `${tokenUrl}/token` }));
  return path;
}

/** The provider that these variables configure. */
export function configured(variables: Record<string, string>): Provider {
  const [provider] = createAll(variables);
  if (provider === undefined) throw new Error('these variables configure no provider');
  return provider;
}

export function createAll(variables: Record<string, string>): readonly Provider[] {
  const dependencies = {
    callbackBaseUrl: CALLBACK_BASE_URL,
    clock: systemClock,
    newUuid: randomUUID,
    random: Math.random,
  };
  return createProviders(readConfig(providerOptions, variables), dependencies);
}

export const rcsOutbound: Outbound = {
  attemptId: ATTEMPT,
  messageId: 'msg_01h455vb4pex5vsknk084sn02q',
  tenantId: 'acme',
  to: '+14155550100',
  type: 'RECEIPT',
  content: { channel: 'RCS', title: null, body: 'Your order is on its way.', actions: [] },
  ttlSeconds: 600,
};

const googleRbm: ProviderFixture = {
  id: 'google-rbm',
  settings: (apiUrl, tokenUrl = apiUrl) => ({
    RBM_BASE_URL: apiUrl,
    RBM_AGENT_ID: 'agent',
    RBM_SERVICE_ACCOUNT_FILE: serviceAccountFile(tokenUrl),
    RBM_CLIENT_TOKENS: 'present-token,old-token',
  }),
  halfWithout: 'RBM_CLIENT_TOKENS',
  outbound: rcsOutbound,
  tooLong: {
    ...rcsOutbound,
    content: { channel: 'RCS', title: null, body: 'x'.repeat(3073), actions: [] },
  },
  acceptance: {
    status: 200,
    body: {
      name: `phones/+14155550100/agentMessages/${ATTEMPT}`,
      sendTime: '2026-01-01T00:00:00Z',
    },
  },
  acceptedId: ATTEMPT,
  failureAnswer: (code) => {
    if (code.startsWith('event ')) return null;
    const [status = '', name] = code.split(' ');
    return { status: Number(status), body: { error: { code: Number(status), status: name } } };
  },
  failureCodes: sample('google-rbm/failure-codes'),
  secrets: ['present-token', 'old-token'],
  secretsVariable: 'RBM_CLIENT_TOKENS',
  failureCallback: (code) =>
    code.startsWith('event ') ? googleEvent(code.slice('event '.length)) : null,
  callback: (status) => googleEvent(status),
  sign: (callback, token) => {
    const { data } = (JSON.parse(callback.body.toString()) as GoogleBody).message;
    const decoded = Buffer.from(data, 'base64');
    const signature = createHmac('sha512', token).update(decoded).digest('base64');
    return { ...callback, headers: { 'x-goog-signature': signature } };
  },
  statuses: { delivered: 'DELIVERED', unheardOf: 'TELEPORTED' },
  tamper: (callback) => {
    const { data } = (JSON.parse(callback.body.toString()) as GoogleBody).message;
    const event = JSON.parse(Buffer.from(data, 'base64').toString()) as object;
    return { ...callback, ...googleCallback({ ...event, eventType: 'READ' }) };
  },
};

interface GoogleBody {
  readonly message: { readonly data: string };
}

function googleEvent(eventType: string): Omit<RawCallback, 'headers'> {
  const { delivered } = sample<{ delivered: object }>('google-rbm/events');
  const ids = { eventId: `event-${eventType}`, messageId: ATTEMPT };
  return googleCallback({ ...delivered, ...ids, eventType });
}

function googleCallback(event: object): Omit<RawCallback, 'headers'> {
  const data = Buffer.from(JSON.stringify(event)).toString('base64');
  const body = Buffer.from(JSON.stringify({ message: { data } }));
  return { url: `${CALLBACK_BASE_URL}/google-rbm`, body };
}

const ACCOUNT = `AC${'a'.repeat(32)}`;
export const smsOutbound: Outbound = {
  ...rcsOutbound,
  content: { channel: 'SMS', text: 'On its way.' },
};
const created = sample<{ create: { sid: string } }>('twilio/create-message-responses').create;

const twilio: ProviderFixture = {
  id: 'twilio',
  settings: (apiUrl) => ({
    TWILIO_BASE_URL: apiUrl,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKENS: 'present-token,old-token',
    TWILIO_FROM: '+14155550000',
  }),
  halfWithout: 'TWILIO_FROM',
  outbound: smsOutbound,
  tooLong: { ...smsOutbound, content: { channel: 'SMS', text: 'x'.repeat(1601) } },
  acceptance: { status: 201, body: created },
  acceptedId: created.sid,
  failureAnswer: (code) => ({
    status: 400,
    body: { ...sample<object>('twilio/error-envelope'), code: Number(code) },
  }),
  failureCodes: Object.fromEntries(
    Object.entries(sample<Record<string, { failure: string }>>('twilio/failure-codes')).map(
      ([code, { failure }]) => [code, failure],
    ),
  ),
  secrets: ['present-token', 'old-token'],
  secretsVariable: 'TWILIO_AUTH_TOKENS',
  failureCallback: (code) => twilioCallback({ MessageStatus: 'undelivered', ErrorCode: code }),
  callback: (status) => twilioCallback({ MessageStatus: status }),
  sign: (callback, token) => {
    const form = new URLSearchParams(callback.body.toString());
    form.sort();
    const fields = [...form].map(([name, value]) => name + value).join('');
    const signature = createHmac('sha1', token)
      .update(callback.url + fields)
      .digest('base64');
    return { ...callback, headers: { 'x-twilio-signature': signature } };
  },
  statuses: { delivered: 'delivered', unheardOf: 'teleported' },
  tamper: (callback) => {
    const form = new URLSearchParams(callback.body.toString());
    form.set('MessageStatus', 'read');
    return { ...callback, body: Buffer.from(form.toString()) };
  },
};

function twilioCallback(fields: Record<string, string>): Omit<RawCallback, 'headers'> {
  const form = new URLSearchParams({ MessageSid: created.sid, To: '+14155550100', ...fields });
  return { url: `${CALLBACK_BASE_URL}/twilio?a=${ATTEMPT}`, body: Buffer.from(form.toString()) };
}

export const providerFixtures: readonly ProviderFixture[] = [googleRbm, twilio];

/** SMPP has a session instead of requests and signatures, and a suite of its own. */
export const smppSettings = (port: number): Record<string, string> => ({
  SMPP_HOST: '127.0.0.1',
  SMPP_PORT: String(port),
  SMPP_SYSTEM_ID: 'parley',
  SMPP_PASSWORD: 'password',
  SMPP_SOURCE_ADDRESS: '+14155550000',
});

/** Email has one too. */
export const smtpSettings = (port: number): Record<string, string> => ({
  SMTP_HOST: '127.0.0.1',
  SMTP_PORT: String(port),
  SMTP_TLS: 'off',
  SMTP_FROM: 'Acme <no-reply@acme.example>',
  SMTP_BOUNCE_DOMAIN: 'bounces.acme.example',
  SMTP_BOUNCE_KEYS: 'present-secret-of-bounces,old-secret-of-bounces',
});

export const emailOutbound: Outbound = {
  ...rcsOutbound,
  to: 'ada@example.com',
  content: {
    channel: 'EMAIL',
    subject: 'On its way',
    text: 'Your order is on its way.',
    html: '<p>Your order is on its way.</p>',
    unsubscribeUrl: null,
  },
};
