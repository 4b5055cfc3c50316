// What a verb or a resolver of consent has at hand.
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Principal } from '../../platform/principal.ts';
import type { NewUuid } from '../../schema/ids.ts';
import type { ConsentLoaders } from './graphql/loaders.ts';
import type { ConsentPorts } from './ports.ts';

export interface ConsentDeps {
  /** Connected as the role of `consent`; the part closes it. */
  readonly database: Database;
  readonly ports: ConsentPorts;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/** What resolvers get, for one request. */
export interface ConsentContext extends ConsentDeps {
  readonly principal: Principal;
  readonly loaders: ConsentLoaders;
}
