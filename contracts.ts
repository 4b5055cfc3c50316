// Prints the contracts that are committed beside the code: each subgraph's SDL, and the supergraph composed of them.
import { writeFile } from 'node:fs/promises';
import { composeSupergraph } from './gateway/supergraph.ts';
import { buildSubgraphs } from './parts.ts';
import { CONTRACT_DIRECTORY } from './wiring.ts';

/** File name and text of every contract. A test compares them with what is committed. */
export function contracts(): ReadonlyMap<string, string> {
  const subgraphs = Object.values(buildSubgraphs());
  return new Map([
    ...subgraphs.map(({ name, sdl }): [string, string] => [`${name}.graphql`, sdl]),
    ['supergraph.graphql', composeSupergraph(subgraphs)],
  ]);
}

export async function printContracts(): Promise<void> {
  for (const [file, text] of contracts()) await writeFile(new URL(file, CONTRACT_DIRECTORY), text);
}
