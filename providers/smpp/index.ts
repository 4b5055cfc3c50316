// SMS by SMPP 3.4, straight to an SMSC: options, and the provider put together from its parts.
import { Channel } from '../../schema/vocabulary.ts';
import { choice, ConfigurationError, integer, secret, text } from '../../platform/config.ts';
import type { Values } from '../../platform/config.ts';
import type { Provider, ProviderDependencies, RawCallback } from '../provider.ts';
import { messagesPerSecond, rateOf } from '../rate.ts';
import { isSender } from './address.ts';
import { listen } from './listen.ts';
import { MESSAGE_ID_FORMS } from './message-id.ts';
import { events } from './receive.ts';
import { send } from './send.ts';
import { Session, type SessionOptions } from './session.ts';
import { Window } from './window.ts';

export const smppOptions = {
  host: text('SMPP_HOST', '', 'Where the SMSC is. Empty: no SMS by SMPP.'),
  port: integer('SMPP_PORT', 2_775, { min: 1, max: 65_535 }, 'Its port.'),
  tls: choice(
    'SMPP_TLS',
    ['on', 'off'],
    'off',
    'on speaks SMPP over TLS; off is for a private line or a tunnel.',
  ),
  systemId: text('SMPP_SYSTEM_ID', '', 'The account at the SMSC.'),
  password: secret('SMPP_PASSWORD', 'Its password.'),
  systemType: text('SMPP_SYSTEM_TYPE', '', 'The kind of system, where the SMSC asks for one.'),
  sourceAddress: text(
    'SMPP_SOURCE_ADDRESS',
    '',
    'Who sends: a number in E.164, a short code, or a name of up to 11 characters.',
  ),
  windowMax: integer(
    'SMPP_WINDOW',
    10,
    { min: 1, max: 1_000 },
    'Messages that may wait for the answer of the SMSC at once.',
  ),
  messageIds: choice(
    'SMPP_MESSAGE_IDS',
    MESSAGE_ID_FORMS,
    'same',
    'How the SMSC writes message ids in its answers and in its receipts.',
  ),
  messagesPerSecond: messagesPerSecond('SMPP_RATE'),
};

const KEEP_ALIVE_MS = 30_000;

/** Null when no host is named. Throws ConfigurationError when one is named and the rest is missing. */
export function createSmpp(
  settings: Values<typeof smppOptions>,
  { clock, newUuid, random }: ProviderDependencies,
): Provider | null {
  const { host, port, systemId, systemType, sourceAddress, messageIds } = settings;
  if (host === '') return null;
  if (systemId === '') throw new ConfigurationError('SMPP_SYSTEM_ID is missing.');
  if (settings.password === null) throw new ConfigurationError('SMPP_PASSWORD is missing.');
  if (!isSender(sourceAddress)) {
    throw new ConfigurationError(
      'SMPP_SOURCE_ADDRESS must be a number in E.164, a short code, or a name of up to 11 characters.',
    );
  }
  const password = settings.password.reveal();
  const account = { host, port, tls: settings.tls === 'on', systemId, password, systemType };
  const common = { account, keepAliveMs: KEEP_ALIVE_MS, clock, random };
  const openSession = (over: Pick<SessionOptions, 'command' | 'onRequest'>): Session =>
    new Session({ ...common, ...over });
  // Nothing is delivered to a transmitter; it is bound when the first message is sent.
  const transmitter = openSession({
    command: 'bind_transmitter',
    onRequest: (request, connection) => connection.refuse(request),
  });
  const sender = {
    session: transmitter,
    window: new Window(settings.windowMax),
    sourceAddress,
    messageIds,
    random,
  };
  const handedIn = new WeakSet<RawCallback>();
  return {
    id: 'smpp',
    channel: Channel.SMS,
    // SMPP knows no key for a submission: one whose answer was lost cannot be repeated safely.
    duplicates: 'none',
    receiptsName: 'message',
    reportsDeliveries: true,
    nativeE2ee: false,
    sendsMax: settings.windowMax,
    rate: rateOf(settings.messagesPerSecond),
    send: (outbound, deadlineMs) => send(sender, outbound, deadlineMs),
    verify: (callback) =>
      handedIn.has(callback)
        ? { kind: 'genuine' }
        : { kind: 'forged', reason: 'it did not come over the session' },
    events: (callback) => events(callback, messageIds),
    listen: (listener) => listen({ openSession, newUuid, handedIn, account }, listener),
    close: () => transmitter.close(),
  };
}
