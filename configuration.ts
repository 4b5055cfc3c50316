// Every option of the program: what a process is, and what each part of it declares.
import {
  choice,
  ConfigurationError,
  integer,
  list,
  secret,
  text,
  url,
  type Secret,
  type Values,
} from './platform/config.ts';
import { gatewayOptions } from './gateway/options.ts';
import { roleUrl } from './platform/migrate.ts';
import type { SignatureKeys } from './platform/request-signature.ts';
import { providerOptions, senderOptions } from './providers/index.ts';
import { consentOptions } from './subgraphs/consent/options.ts';
import { deliveryOptions } from './subgraphs/delivery/options.ts';
import { messagesOptions } from './subgraphs/messages/options.ts';
import { recipientsOptions } from './subgraphs/recipients/options.ts';

/** In the direction in which a message flows. Each is a role, a PostgreSQL schema and a login role of its own. */
export const SUBGRAPHS = ['recipients', 'consent', 'messages', 'delivery'] as const;
export type SubgraphName = (typeof SUBGRAPHS)[number];

const ROLES = ['gateway', ...SUBGRAPHS, 'workers'] as const;

export const programOptions = {
  environment: choice(
    'PARLEY_ENV',
    ['development', 'production'],
    'development',
    'Production refuses development tokens, keys beside the keystore, and simulated carriers.',
  ),
  roles: list('ROLES', ROLES, ROLES, 'What this process does.'),
  port: integer('PORT', 4_000, { min: 0, max: 65_535 }, 'Where it listens; 0 is a free port.'),
  host: text('HOST', '127.0.0.1', 'The address it listens at.'),
  proxyHops: integer(
    'PROXY_HOPS',
    0,
    { min: 0, max: 8 },
    'Proxies of yours in front, each of which adds to X-Forwarded-For: limits count who is behind them.',
  ),
  publicUrl: url('PUBLIC_URL', 'How the outside reaches it; http://localhost:PORT when unset.'),
  callbackUrl: url('CALLBACK_URL', 'How providers reach it; PUBLIC_URL when unset.'),
  logLevel: choice('LOG_LEVEL', ['debug', 'info', 'warn', 'error'], 'info', 'How much is logged.'),
  dataDirectory: text(
    'DATA_DIRECTORY',
    '.parley',
    'Where the keystore and the bundled PostgreSQL live.',
  ),
  databaseUrl: secret(
    'DATABASE_URL',
    'A PostgreSQL 18 whose user may create roles and schemas; the bundled one when unset.',
  ),
  recipientsDatabaseUrl: secret('RECIPIENTS_DATABASE_URL', 'The same with the role of recipients.'),
  consentDatabaseUrl: secret('CONSENT_DATABASE_URL', 'The same with the role of consent.'),
  messagesDatabaseUrl: secret('MESSAGES_DATABASE_URL', 'The same with the role of messages.'),
  deliveryDatabaseUrl: secret('DELIVERY_DATABASE_URL', 'The same with the role of delivery.'),
  natsUrl: secret(
    'NATS_URL',
    'A NATS server that carries wake-ups between many processes; PostgreSQL does when unset.',
  ),
  recipientsUrl: url('RECIPIENTS_URL', 'Where the gateway finds recipients, when it runs apart.'),
  consentUrl: url('CONSENT_URL', 'Where the gateway finds consent, when it runs apart.'),
  messagesUrl: url('MESSAGES_URL', 'Where the gateway finds messages, when it runs apart.'),
  deliveryUrl: url('DELIVERY_URL', 'Where the gateway finds delivery, when it runs apart.'),
  masterKey: secret('MASTER_KEY', 'Opens the keystore: 32 bytes in base64, or a passphrase.'),
  masterKeyFile: text('MASTER_KEY_FILE', '', 'A file with that key.'),
  credentialsDirectory: text('CREDENTIALS_DIRECTORY', '', 'A directory with a file `master-key`.'),
  simulator: choice(
    'CARRIER_SIMULATOR',
    ['auto', 'off'],
    'auto',
    'auto starts simulated carriers in development when no provider is configured.',
  ),
};

export const configuration = {
  program: programOptions,
  gateway: gatewayOptions,
  recipients: recipientsOptions,
  consent: consentOptions,
  messages: messagesOptions,
  delivery: deliveryOptions,
  ...providerOptions,
  senders: senderOptions,
};
export type Configuration = {
  readonly [K in keyof typeof configuration]: Values<(typeof configuration)[K]>;
};

/** The keys that sign operations between processes. Throws ConfigurationError when there is none. */
export function signatureKeysOf(config: Configuration): SignatureKeys {
  const { signatureKey, signatureKeyPrevious } = config.gateway;
  if (signatureKey === null) {
    throw new ConfigurationError('GATEWAY_SIGNATURE_KEY is missing: parts that run apart need it.');
  }
  const bytesOf = (key: Secret): Buffer => Buffer.from(key.reveal(), 'base64');
  const previous = signatureKeyPrevious === null ? [] : [bytesOf(signatureKeyPrevious)];
  return [bytesOf(signatureKey), ...previous];
}

/** Whether a tenant's own system may be anywhere, our own network included. Throws ConfigurationError in production. */
export function crmTargetsAnywhere({ program, consent }: Configuration): boolean {
  if (consent.crmTargets === 'any' && program.environment === 'production') {
    throw new ConfigurationError('CRM_TARGETS is any, which is for development alone.');
  }
  return consent.crmTargets === 'any';
}

/** Where a part connects, with its own role: its own URL, or one derived from the owner's. */
export function databaseUrlOf(
  config: Configuration,
  ownerUrl: string | null,
  name: SubgraphName,
): string {
  const own = config.program[`${name}DatabaseUrl`];
  if (own !== null) return own.reveal();
  if (ownerUrl !== null) return roleUrl(ownerUrl, name);
  throw new ConfigurationError(`${name.toUpperCase()}_DATABASE_URL or DATABASE_URL is missing.`);
}
