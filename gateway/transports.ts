// The two ways to a subgraph: in the same process without a socket, or over HTTP and one WebSocket.
import type { GraphQLSchema } from 'graphql';
import { executeInSubgraph, subscribeInSubgraph } from '../platform/subgraph-execution.ts';
import type { ContextFor } from '../platform/subgraph.ts';
import type { Call, Transport } from './federation.ts';

/** A subgraph in this process, or the address of one elsewhere. */
export type SubgraphAddress =
  | { readonly kind: 'local'; readonly schema: GraphQLSchema; readonly contextFor: ContextFor }
  | { readonly kind: 'remote'; readonly url: string };

/** The contexts of one call, by subgraph. */
type Contexts = WeakMap<Call, Map<string, object>>;

/** Makes local transports that share the calls' contexts: each subgraph has one context for all fetches of a call, so
 *  that loaders batch over all of them, and a new one for every event of a subscription. */
export function createLocalTransports(
  subgraphs: ReadonlyMap<string, SubgraphAddress & { kind: 'local' }>,
): Map<string, Transport> {
  const contexts: Contexts = new WeakMap();
  const transports = new Map<string, Transport>();
  for (const [name, { schema, contextFor }] of subgraphs) {
    const contextOf = (call: Call): object => {
      const ofCall = contexts.get(call) ?? new Map<string, object>();
      contexts.set(call, ofCall);
      const context = ofCall.get(name) ?? contextFor(call.principal, { requestId: call.requestId });
      ofCall.set(name, context);
      return context;
    };
    transports.set(name, {
      fetch: (request) => executeInSubgraph(schema, request, contextOf(callOf(request))),
      async subscribe(request) {
        const call = callOf(request);
        return subscribeInSubgraph(schema, request, () => {
          contexts.delete(call);
          return contextOf(call);
        });
      },
      async close() {},
    });
  }
  return transports;
}

function callOf(request: { readonly context?: Call | undefined }): Call {
  if (request.context === undefined) throw new Error('every fetch belongs to a call');
  return request.context;
}
