// Every option of the gateway: where tokens come from, who may call from a browser, and the limits on what is asked.
import {
  bytes,
  integer,
  milliseconds,
  secret,
  text,
  url,
  type Option,
  type Values,
} from '../platform/config.ts';

function parseOrigins(raw: string): readonly string[] {
  return raw.split(',').map((part) => {
    const origin = URL.parse(part.trim())?.origin;
    if (origin === undefined || origin === 'null' || origin !== part.trim()) {
      throw new Error('must be origins like https://app.example.com, with commas between them');
    }
    return origin;
  });
}

const allowedOrigins: Option<readonly string[]> = {
  variable: 'ALLOWED_ORIGINS',
  kind: 'list of origins',
  fallback: [],
  sentence: 'Web origins that may call the API beside its own.',
  secret: false,
  parse: parseOrigins,
};

export const gatewayOptions = {
  jwksUrl: url('JWT_JWKS_URL', 'Where the public keys of the token issuer are found.'),
  jwksFile: text('JWT_JWKS_FILE', '', 'A file with those keys, instead of the URL.'),
  issuer: text('JWT_ISSUER', '', 'The `iss` that tokens must have.'),
  audience: text('JWT_AUDIENCE', 'parley', 'The `aud` that tokens must have.'),
  allowedOrigins,
  signatureKey: secret(
    'GATEWAY_SIGNATURE_KEY',
    'Base64, at least 32 bytes: signs operations between gateway and subgraphs.',
  ),
  signatureKeyPrevious: secret(
    'GATEWAY_SIGNATURE_KEY_PREVIOUS',
    'The key before, which is still accepted while keys change.',
  ),
  bodyMaxBytes: bytes(
    'GRAPHQL_BODY_MAX_BYTES',
    1_048_576,
    { min: 1_024, max: 16_777_216 },
    'The largest request.',
  ),
  tokenCountMax: integer(
    'GRAPHQL_TOKEN_COUNT_MAX',
    2_000,
    { min: 100, max: 20_000 },
    'How many tokens a document may have.',
  ),
  depthMax: integer('GRAPHQL_DEPTH_MAX', 14, { min: 2, max: 50 }, 'How deep fields may be nested.'),
  fieldCountMax: integer(
    'GRAPHQL_FIELD_COUNT_MAX',
    1_000,
    { min: 10, max: 10_000 },
    'How many fields a document may have once its fragments are expanded.',
  ),
  aliasCountMax: integer(
    'GRAPHQL_ALIAS_COUNT_MAX',
    30,
    { min: 0, max: 1_000 },
    'How many aliases a document may have once its fragments are expanded.',
  ),
  directiveCountMax: integer(
    'GRAPHQL_DIRECTIVE_COUNT_MAX',
    30,
    { min: 0, max: 1_000 },
    'How many directives a document may have once its fragments are expanded.',
  ),
  operationTimeoutMs: milliseconds(
    'GRAPHQL_OPERATION_TIMEOUT_MS',
    4_500,
    { min: 100, max: 120_000 },
    'After this long a query or mutation is answered with UNAVAILABLE.',
  ),
  socketsMax: integer(
    'SOCKETS_MAX',
    20_000,
    { min: 1, max: 1_000_000 },
    'How many WebSockets one process takes.',
  ),
  socketOperationsMax: integer(
    'SOCKET_OPERATIONS_MAX',
    100,
    { min: 1, max: 1_000 },
    'How many operations may run over one WebSocket at the same time.',
  ),
} as const;

export type GatewaySettings = Values<typeof gatewayOptions>;
