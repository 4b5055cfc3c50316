// The gateway: one GraphQL API over all subgraphs, wherever they run, for callers with a verified token.
import type { GraphQLScalarType } from 'graphql';
import type { Clock } from '../platform/clock.ts';
import { assert } from '../platform/assert.ts';
import { createErrorMask } from '../platform/error-mask.ts';
import type { NodeListener, UpgradeListener } from '../platform/http-server.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createSigner, type SignatureKeys } from '../platform/request-signature.ts';
import type { Authenticate } from './authenticate.ts';
import type { EventStreams } from './event-streams.ts';
import { explorerPage } from './explorer.ts';
import { createFederation, type Transport } from './federation.ts';
import { createGraphqlListener } from './graphql-over-http.ts';
import { createRunOperation } from './operations.ts';
import type { GatewaySettings } from './options.ts';
import { createOriginAllowed } from './origins.ts';
import { createPrepareOperation } from './prepare.ts';
import { createRemoteTransport } from './remote-transport.ts';
import { createSockets } from './sockets.ts';
import { createLocalTransports, type SubgraphAddress } from './transports.ts';

export interface GatewayOptions {
  readonly supergraphSdl: string;
  /** Every subgraph of the supergraph, by name. */
  readonly subgraphs: Readonly<Record<string, SubgraphAddress>>;
  /** The custom scalars, which check what clients send before any subgraph is asked. */
  readonly scalars?: readonly GraphQLScalarType[];
  readonly authenticate: Authenticate;
  /** Needed as soon as one subgraph is remote. */
  readonly signatureKeys?: SignatureKeys;
  readonly settings: GatewaySettings;
  /** Closes introspection, suggestions in errors, and the explorer page. */
  readonly production: boolean;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Makes request ids and incident ids. */
  readonly newId: () => string;
}

export interface Gateway {
  /** Serves HTTP at one path. */
  readonly handle: NodeListener;
  /** Serves WebSockets at the same path. */
  readonly upgrade: UpgradeListener;
  /** False once it closes. The schema is loaded by the time a gateway exists. */
  ready(): boolean;
  /** Ends all streams (sockets with 1001) and the ways to the subgraphs. Requests must have ended before. */
  close(): Promise<void>;
}

/** Makes a gateway that can answer at once. Throws when the supergraph and the subgraphs do not fit together. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { settings, metrics, clock, newId, production, authenticate } = options;
  const transports = createTransports(options);
  const federation = await createFederation(options.supergraphSdl, transports);
  const mask = createErrorMask(options);
  const timeoutMs = settings.operationTimeoutMs;
  const run = createRunOperation({ federation, mask, metrics, clock, timeoutMs });
  const prepare = createPrepareOperation({
    schema: federation.schema,
    scalars: options.scalars ?? [],
    limits: settings,
    openSchema: !production,
  });
  const originAllowed = createOriginAllowed(settings.allowedOrigins);
  const streams: EventStreams = { open: new Set(), openMax: settings.socketsMax, clock };
  const door = { authenticate, originAllowed, prepare, run, mask, newId };
  const sockets = createSockets({
    ...door,
    schema: federation.schema,
    settings,
    clock,
    log: options.log,
  });
  metrics.gauge('gateway_sockets', 'How many WebSockets are open.', sockets.count);
  metrics.gauge('gateway_event_streams', 'How many SSE streams are open.', () => streams.open.size);
  let closing = false;
  return {
    handle: createGraphqlListener({
      ...door,
      streams,
      bodyMaxBytes: settings.bodyMaxBytes,
      explorer: production ? null : explorerPage,
    }),
    upgrade: sockets.upgrade,
    ready: () => !closing,
    async close() {
      closing = true;
      for (const stream of streams.open) void stream.return();
      await sockets.close();
      await Promise.all([...transports.values()].map((transport) => transport.close()));
    },
  };
}

function createTransports(options: GatewayOptions): Map<string, Transport> {
  const local = new Map<string, SubgraphAddress & { kind: 'local' }>();
  const remote = new Map<string, Transport>();
  for (const [name, address] of Object.entries(options.subgraphs)) {
    if (address.kind === 'local') {
      local.set(name, address);
    } else {
      assert(options.signatureKeys !== undefined, 'remote subgraphs need a signature key');
      const sign = createSigner({ ...options, keys: options.signatureKeys });
      const timeoutMs = options.settings.operationTimeoutMs;
      remote.set(name, createRemoteTransport({ ...options, ...address, name, sign, timeoutMs }));
    }
  }
  return new Map([...createLocalTransports(local), ...remote]);
}
