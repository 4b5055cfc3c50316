// What the verbs and jobs of recipients are given: by wiring.ts, and by index.ts.
import type { Attestation } from '../../crypto/attestation.ts';
import type { Kms } from '../../crypto/kms.ts';
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import type { NewUuid } from '../../schema/ids.ts';
import type { DataKeys } from './data-keys.ts';
import type { RecipientsSettings } from './options.ts';
import type { CapabilityProvider, PushService } from './ports.ts';

export interface RecipientsDeps {
  /** Connected as the role of `recipients`; the part closes it. */
  readonly database: Database;
  readonly kms: Kms;
  readonly providers: readonly CapabilityProvider[];
  readonly push: PushService;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly settings: RecipientsSettings;
  readonly log: Log;
}

/** What verbs and jobs get. */
export interface RecipientsWork extends RecipientsDeps {
  readonly dataKeys: DataKeys;
  readonly attestation: Attestation;
}
