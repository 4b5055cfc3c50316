// The composed schema: made from the subgraphs by the rules of federation, committed, and read at start.
import { readFile } from 'node:fs/promises';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

export interface SubgraphSdl {
  readonly name: string;
  readonly sdl: string;
}

/** Composes the supergraph that the gateway plans with; throws one Error that lists everything that does not fit. */
export function composeSupergraph(subgraphs: readonly SubgraphSdl[]): string {
  const result = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, typeDefs: parse(sdl, { noLocation: true }) })),
  );
  if (result.supergraphSdl === undefined) {
    const faults = (result.errors ?? []).map((error) => error.message);
    throw new Error(`the subgraphs do not compose: ${faults.join('; ')}`);
  }
  return result.supergraphSdl;
}

/** Reads the committed supergraph. */
export async function readSupergraph(file: string | URL): Promise<string> {
  return readFile(file, 'utf8');
}
