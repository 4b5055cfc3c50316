// Email by SMTP, through the tenant's mail server: options, and the provider put together from its parts.
import { createPrivateKey } from 'node:crypto';
import { Channel } from '../../schema/vocabulary.ts';
import { choice, ConfigurationError, integer, secret, text } from '../../platform/config.ts';
import type { Secret, Values } from '../../platform/config.ts';
import { messagesPerSecond, rateOf } from '../rate.ts';
import type { Provider, RawCallback } from '../provider.ts';
import { secretsIn } from '../wire.ts';
import { bounceKey, type BounceDomain } from './bounce-address.ts';
import { listen } from './listen.ts';
import type { MailSender } from './message.ts';
import { events } from './receive.ts';
import { send } from './send.ts';
import { createPool, type DkimKey } from './transport.ts';

export const smtpOptions = {
  host: text('SMTP_HOST', '', 'Where the mail server is that sends. Empty: no email.'),
  port: integer('SMTP_PORT', 587, { min: 1, max: 65_535 }, 'Its port.'),
  tls: choice(
    'SMTP_TLS',
    ['starttls', 'implicit', 'off'],
    'starttls',
    'starttls refuses a server without it; implicit is TLS from the start; off is for a private line.',
  ),
  user: text('SMTP_USER', '', 'The account at the mail server. Empty: it asks for none.'),
  password: secret('SMTP_PASSWORD', 'Its password.'),
  from: text('SMTP_FROM', '', 'Who sends: name@domain, or Name <name@domain>.'),
  connectionsMax: integer(
    'SMTP_CONNECTIONS',
    5,
    { min: 1, max: 100 },
    'Connections to the mail server at once.',
  ),
  messagesPerSecond: messagesPerSecond('SMTP_RATE'),
  bounceDomain: text(
    'SMTP_BOUNCE_DOMAIN',
    '',
    'The domain of return addresses, whose mail comes to SMTP_BOUNCE_PORT; that of SMTP_FROM when empty.',
  ),
  bounceKeys: secret(
    'SMTP_BOUNCE_KEYS',
    'Secrets that prove return addresses, separated by commas. The first one makes them; all of them count.',
  ),
  bouncePort: integer(
    'SMTP_BOUNCE_PORT',
    0,
    { min: 0, max: 65_535 },
    'Where reports of delivery are received by SMTP; 0: nowhere.',
  ),
  bounceHost: text('SMTP_BOUNCE_HOST', '127.0.0.1', 'The address at which they are received.'),
  receipts: choice(
    'SMTP_RECEIPTS',
    ['failures', 'all'],
    'failures',
    'all asks the servers for a report of each delivery too, which many do not give.',
  ),
  dkimSelector: text(
    'SMTP_DKIM_SELECTOR',
    '',
    'The selector of the DKIM key. Empty: not signed here.',
  ),
  dkimKey: secret('SMTP_DKIM_KEY', 'The private DKIM key of the domain of SMTP_FROM, in PEM.'),
};
type Settings = Values<typeof smtpOptions>;

const FROM = /^(?:[^<>\r\n]*<([^<>@\s]+@[^<>@\s]+)>|([^<>@\s]+@[^<>@\s]+))$/;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i;
const KEY_CHARACTERS_MIN = 16;

/** Null when no host is named. Throws ConfigurationError when one is named and the rest is missing or wrong. */
export function createSmtp(settings: Settings): Provider | null {
  const { host, port, tls, connectionsMax, bouncePort } = settings;
  if (host === '') return null;
  const sender = senderOf(settings);
  const server = { host, port, tls, login: loginOf(settings), connectionsMax };
  const transport = createPool(server, dkimOf(settings, sender.domain));
  const handedIn = new WeakSet<RawCallback>();
  const receiving = {
    host: settings.bounceHost,
    port: bouncePort,
    bounces: sender.bounces,
    handedIn,
  };
  return {
    id: 'smtp',
    channel: Channel.EMAIL,
    // A mail server takes the same mail twice: the Message-ID is for people's programs to notice.
    duplicates: 'none',
    receiptsName: 'attempt',
    // Servers tell of failures; of deliveries some do, where they are asked.
    reportsDeliveries: false,
    nativeE2ee: false,
    sendsMax: connectionsMax,
    rate: rateOf(settings.messagesPerSecond),
    send: (outbound, deadlineMs) => send(transport, sender, outbound, deadlineMs),
    verify: (callback) =>
      handedIn.has(callback)
        ? { kind: 'genuine' }
        : { kind: 'forged', reason: 'it did not come to a return address' },
    events,
    ...(bouncePort > 0 && { listen: (listener) => listen(receiving, listener) }),
    close: () => Promise.resolve(transport.close()),
  };
}

function senderOf({ from, bounceDomain, bounceKeys, receipts }: Settings): MailSender {
  const [, named, plain] = FROM.exec(from) ?? [];
  const domain = (named ?? plain)?.split('@')[1] ?? '';
  if (!DOMAIN.test(domain)) {
    throw new ConfigurationError('SMTP_FROM must be name@domain, or Name <name@domain>.');
  }
  const notify =
    receipts === 'all' ? (['success', 'failure', 'delay'] as const) : (['failure'] as const);
  return { from, domain, bounces: bouncesOf(bounceDomain || domain, bounceKeys), notify };
}

function bouncesOf(domain: string, option: Secret | null): BounceDomain {
  if (!DOMAIN.test(domain)) throw new ConfigurationError('SMTP_BOUNCE_DOMAIN must be a domain.');
  const secrets = secretsIn(option);
  if (secrets.some((one) => one.length < KEY_CHARACTERS_MIN)) {
    throw new ConfigurationError(
      `SMTP_BOUNCE_KEYS must have at least ${KEY_CHARACTERS_MIN} characters each.`,
    );
  }
  const [first, ...others] = secrets.map(bounceKey);
  if (first === undefined) throw new ConfigurationError('SMTP_BOUNCE_KEYS is missing.');
  return { domain, keys: [first, ...others] };
}

function loginOf({ user, password }: Settings): { user: string; password: string } | null {
  if (user === '') return null;
  if (password === null) throw new ConfigurationError('SMTP_PASSWORD is missing.');
  return { user, password: password.reveal() };
}

/** A variable may hold the lines of a PEM with `\n` between them. */
function dkimOf({ dkimSelector, dkimKey }: Settings, domain: string): DkimKey | null {
  if (dkimSelector === '') return null;
  const privateKey = dkimKey?.reveal().replaceAll('\\n', '\n') ?? '';
  try {
    createPrivateKey(privateKey);
  } catch {
    throw new ConfigurationError('SMTP_DKIM_KEY must be a private key in PEM.');
  }
  return { domain, selector: dkimSelector, privateKey };
}
