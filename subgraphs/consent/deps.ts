// What the verbs of consent are given by wiring.ts.
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Kms } from '../../crypto/kms.ts';
import type { Log } from '../../platform/log.ts';
import type { OutsideClient } from '../../platform/outside-client.ts';
import type { NewUuid } from '../../schema/ids.ts';
import type { ConsentPorts } from './ports.ts';

export interface ConsentDeps {
  /** Connected as the role of `consent`; the part closes it. */
  readonly database: Database;
  readonly ports: ConsentPorts;
  readonly kms: Kms;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly log: Log;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
  /** Speaks to the tenants' own systems; the part closes it. */
  readonly outside: OutsideClient;
  readonly settings: {
    readonly checkpointMs: number;
    readonly crmTimeoutMs: number;
    readonly cmpEventDays: number;
    readonly liftedSuppressionDays: number;
  };
}
