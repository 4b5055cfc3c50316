// What is printed from the code and committed beside it: each subgraph's SDL, the supergraph, and the documents.
import { writeFile } from 'node:fs/promises';
import { configurationDocument, errorsDocument, messageStatesDocument } from './documents.ts';
import { composeSupergraph } from './gateway/supergraph.ts';
import { buildSubgraphs } from './parts.ts';
import { PROJECT_DIRECTORY } from './wiring.ts';

/** Path and text of everything printed. A test compares them with what is committed. */
export function contracts(): ReadonlyMap<string, string> {
  const subgraphs = Object.values(buildSubgraphs());
  return new Map([
    ...subgraphs.map(({ name, sdl }): [string, string] => [`schema/${name}.graphql`, sdl]),
    ['schema/supergraph.graphql', composeSupergraph(subgraphs)],
    ['docs/configuration.md', configurationDocument()],
    ['docs/errors.md', errorsDocument()],
    ['docs/message-states.md', messageStatesDocument()],
  ]);
}

export async function printContracts(): Promise<void> {
  for (const [path, text] of contracts()) await writeFile(new URL(path, PROJECT_DIRECTORY), text);
}
