// Push to browsers and web apps by Web Push (RFC 8030): options, and the provider put together from its parts.
import { readFileSync } from 'node:fs';
import { Channel } from '../../schema/vocabulary.ts';
import { choice, ConfigurationError, secret, text } from '../../platform/config.ts';
import type { Values } from '../../platform/config.ts';
import { createOutsideClient } from '../../platform/outside-client.ts';
import { readUrlProof } from '../attempt-url.ts';
import type { Provider, ProviderDependencies } from '../provider.ts';
import { messagesPerSecond, rateOf } from '../rate.ts';
import { createPushHosts } from './hosts.ts';
import { events, verify } from './receive.ts';
import { send } from './send.ts';
import { applicationServerKeyOf, createVapid, readVapidKey } from './vapid.ts';

export const webPushOptions = {
  subject: text(
    'WEB_PUSH_SUBJECT',
    '',
    'Whom push services may write to: mailto:name@domain, or an https URL. Empty: no push.',
  ),
  vapidKey: secret(
    'WEB_PUSH_VAPID_KEY',
    'The private key that browsers know the sender by: P-256, in PEM or as 43 characters of base64url.',
  ),
  vapidKeyFile: text('WEB_PUSH_VAPID_KEY_FILE', '', 'A file with that key.'),
  receiptKeys: secret(
    'WEB_PUSH_RECEIPT_KEYS',
    'Secrets that prove receipts of apps, separated by commas. The first one makes them; all of them count.',
  ),
  receipts: choice(
    'WEB_PUSH_RECEIPTS',
    ['all', 'some'],
    'all',
    'all: the app tells of each push that came, so that silence leads to the next route. some: it may not.',
  ),
  hosts: text(
    'WEB_PUSH_HOSTS',
    '',
    'Push services beside those of the browsers, as host or host:port, separated by commas. They may be in a private network.',
  ),
  hostsCaFile: text(
    'WEB_PUSH_CA_FILE',
    '',
    'Certificates (PEM) that these are trusted by, instead of the system’s.',
  ),
  messagesPerSecond: messagesPerSecond('WEB_PUSH_RATE'),
};
type Settings = Values<typeof webPushOptions>;

const LABEL = 'parley push receipt 1';
const SUBJECT = /^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/;
/** Most of them may be to one service. */
const SENDS_MAX = 256;
const LIMITS = {
  timeoutMs: 30_000,
  bodyMaxBytes: 65_536,
  connectionsMax: SENDS_MAX,
  insecure: false,
};

/** What others than the sender need to know: pages, to subscribe; and who takes subscriptions in. */
export interface PushService {
  /** Null where there is no push. */
  readonly applicationServerKey: string | null;
  /** host: as `URL.host`. */
  admits(host: string): boolean;
}

/** Throws ConfigurationError. */
export function pushServiceOf(settings: Settings): PushService {
  const { admits } = createPushHosts(settings.hosts);
  if (settings.subject === '') return { applicationServerKey: null, admits };
  return { applicationServerKey: applicationServerKeyOf(vapidKeyOf(settings)), admits };
}

/** Null when no subject is named. Throws ConfigurationError when one is named and the rest is missing or wrong. */
export function createWebPush(
  settings: Settings,
  { clock, callbackBaseUrl }: ProviderDependencies,
): Provider | null {
  const { subject, hostsCaFile } = settings;
  if (subject === '') return null;
  if (!SUBJECT.test(subject)) {
    throw new ConfigurationError('WEB_PUSH_SUBJECT must be mailto:name@domain, or an https URL.');
  }
  const proof = readUrlProof(LABEL, settings.receiptKeys, 'WEB_PUSH_RECEIPT_KEYS');
  const ca = hostsCaFile === '' ? {} : { ca: fileOf(hostsCaFile, 'WEB_PUSH_CA_FILE') };
  const outside = createOutsideClient(LIMITS);
  const own = createOutsideClient({ ...LIMITS, ...ca, admits: () => true });
  const sender = {
    callbackUrl: `${callbackBaseUrl}/web-push`,
    proof,
    vapid: createVapid(vapidKeyOf(settings), subject, clock),
    hosts: createPushHosts(settings.hosts),
    outside,
    own,
  };
  return {
    id: 'web-push',
    channel: Channel.PUSH,
    // The topic is the attempt's: a push service that still has the first copy replaces it by the second. One that has
    // handed it on gives the app a second one with the same message id, which takes the place of the first on the screen.
    duplicates: 'client-key',
    receiptsName: 'attempt',
    // Push services tell of nothing; the app does, for what came to it.
    reportsDeliveries: settings.receipts === 'all',
    nativeE2ee: false,
    sendsMax: SENDS_MAX,
    rate: rateOf(settings.messagesPerSecond),
    send: (outbound, deadlineMs) => send(sender, outbound, { deadlineMs, now: clock.now() }),
    verify: (callback) => verify(callback, proof),
    events,
    close: async () => {
      await Promise.all([outside.close(), own.close()]);
    },
  };
}

function vapidKeyOf({ vapidKey, vapidKeyFile }: Settings) {
  if (vapidKeyFile !== '') {
    const variable = 'WEB_PUSH_VAPID_KEY_FILE';
    return readVapidKey(fileOf(vapidKeyFile, variable), variable);
  }
  if (vapidKey === null) throw new ConfigurationError('WEB_PUSH_VAPID_KEY is missing.');
  return readVapidKey(vapidKey.reveal(), 'WEB_PUSH_VAPID_KEY');
}

function fileOf(path: string, variable: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(`${variable} must name a file that can be read.`, { cause });
  }
}
