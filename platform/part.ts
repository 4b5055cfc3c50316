// What a subgraph is to the rest of the program: its tables and migrations, its GraphQL, its routes and its jobs.
import type { EntitySchema } from '@mikro-orm/postgresql';
import type { Route } from './http-server.ts';
import type { Job } from './loop.ts';
import type { MigratedSchema } from './migrate.ts';
import type { Principal } from './principal.ts';
import type { SubgraphParts } from './subgraph.ts';
import type { Upload } from './upload.ts';

/** The fixed side of a part: known without a database, so that `schema` and `migrate` need nothing else. */
export interface PartDefinition extends MigratedSchema {
  readonly tables: readonly EntitySchema[];
  readonly graphql: SubgraphParts;
}

/** A part that is connected to its database and its ports. */
export interface Part {
  readonly name: string;
  /** What a resolver has at hand for one request of this caller. */
  contextFor(principal: Principal): object;
  readonly routes: readonly Route[];
  readonly uploads?: readonly Upload[];
  /** Run by processes with the role `workers`. */
  readonly jobs: readonly Job[];
  /** Begins what serving needs; called in processes that serve this part, before the first request. */
  start?(): void;
  /** Whether it can serve now: its database answers. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
