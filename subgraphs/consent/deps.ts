// What the verbs of consent are given by wiring.ts.
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { NewUuid } from '../../schema/ids.ts';
import type { ConsentPorts } from './ports.ts';

export interface ConsentDeps {
  /** Connected as the role of `consent`; the part closes it. */
  readonly database: Database;
  readonly ports: ConsentPorts;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}
