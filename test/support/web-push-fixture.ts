// What the contract suite knows of push: a push service over TLS, a browser that opens what comes, and its receipts.
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attemptUrl } from '../../providers/attempt-url.ts';
import type { Outbound, RawCallback } from '../../providers/provider.ts';
import { createLoopbackIdentity } from '../../simulator/certificate.ts';
import { createPushSubscriptions } from '../../simulator/push-subscriptions.ts';
import {
  ATTEMPT,
  CALLBACK_BASE_URL,
  rcsOutbound,
  type ProviderFixture,
} from './provider-fixtures.ts';
import { sample } from './samples.ts';

const directory = mkdtempSync(join(tmpdir(), 'parley-push-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const tls = createLoopbackIdentity(Date.now());
const caFile = join(directory, 'push-service.pem');
writeFileSync(caFile, tls.certificate);
const vapid = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

export const VAPID_PEM = vapid.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Variables of push by the service at `apiUrl`. */
export const webPushSettings = (apiUrl: string): Record<string, string> => ({
  WEB_PUSH_SUBJECT: 'mailto:push@acme.example',
  WEB_PUSH_VAPID_KEY: VAPID_PEM,
  WEB_PUSH_RECEIPT_KEYS: 'present-secret-of-receipts,old-secret-of-receipts',
  WEB_PUSH_HOSTS: new URL(apiUrl).host,
  WEB_PUSH_CA_FILE: caFile,
});

let origin = '';
const subscriptions = createPushSubscriptions(() => origin);
const { endpoint, keys } = subscriptions.create('browser', null);

/** The browser's subscription at the service. */
export function subscriptionAt(apiUrl: string): string {
  origin = apiUrl;
  return JSON.stringify({ endpoint: apiUrl + endpoint, keys });
}

/** What the browser reads of a push. */
export function openedPush(body: Buffer): string {
  return subscriptions.find(endpoint)?.open(body)?.toString() ?? '';
}

export const pushOutbound: Outbound = {
  ...rcsOutbound,
  to: '',
  content: {
    channel: 'PUSH',
    title: null,
    body: 'Your order is on its way.',
    url: null,
    isSealed: false,
    actions: [],
  },
};

const callbackUrl = `${CALLBACK_BASE_URL}/web-push`;

export const webPush: ProviderFixture = {
  id: 'web-push',
  tls,
  settings: webPushSettings,
  halfWithout: 'WEB_PUSH_RECEIPT_KEYS',
  to: subscriptionAt,
  outbound: pushOutbound,
  tooLong: {
    ...pushOutbound,
    content: {
      channel: 'PUSH',
      title: null,
      body: 'x'.repeat(4_000),
      url: null,
      isSealed: false,
      actions: [],
    },
  },
  said: ({ body }) => openedPush(body),
  acceptance: { status: 201, headers: { location: 'https://push.example/m/1' }, body: '' },
  acceptedId: 'https://push.example/m/1',
  failureAnswer: (code) => ({ status: Number(code), body: '' }),
  failureCallback: () => null,
  failureCodes: sample('web-push/failure-codes'),
  secrets: ['present-secret-of-receipts', 'old-secret-of-receipts'],
  secretsVariable: 'WEB_PUSH_RECEIPT_KEYS',
  callback: (status) => ({
    url: `${callbackUrl}?a=${ATTEMPT}`,
    body: Buffer.from(JSON.stringify({ type: status })),
  }),
  sign: ({ body }, secret) => ({
    url: attemptUrl(callbackUrl, ATTEMPT, {
      label: 'parley push receipt 1',
      keys: [createSecretKey(Buffer.from(secret))],
    }),
    headers: {},
    body,
  }),
  unsign: (callback) => ({ ...callback, url: `${callbackUrl}?a=${ATTEMPT}` }),
  statuses: { delivered: 'delivered', unheardOf: 'teleported' },
  tamper: ({ url, ...callback }): RawCallback => ({
    ...callback,
    url: url.replace(ATTEMPT, ATTEMPT.replace(/1$/, '2')),
  }),
};
