// Whom a filter means: pages of ids in the order of registration, for the list of recipients and for who writes to them.
import type { Transaction } from '../../platform/database.ts';
import type { Channel, Tristate } from '../../schema/vocabulary.ts';
import { addressKindOf } from './domain/address.ts';
import { askedChannels } from './domain/capability.ts';
import { findRecipientPage, type RecipientFilter } from './store/find-page.ts';

/** All that is given must hold; an empty one means everybody. */
export interface AudienceFilter {
  /** Two letters by ISO 3166-1. */
  readonly region?: string | null;
  readonly carrier?: string | null;
  readonly channel?: {
    readonly channel: Channel;
    readonly supported?: Tristate | null;
    readonly isReachable?: boolean | null;
  } | null;
}

export interface AudiencePage {
  readonly filter: AudienceFilter;
  /** UUIDs between which the page lies, both excluded; null: from the first, to the last. */
  readonly after: string | null;
  readonly before: string | null;
  readonly limit: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** UUIDs of at most `limit` people, in one statement of the asker's transaction, under the grants of index.ts. People keep
 *  their place: what is registered later comes behind. */
export async function findAudience(
  tx: Transaction,
  tenantId: string,
  { filter, ...page }: AudiencePage,
): Promise<readonly string[]> {
  return findRecipientPage(tx, tenantId, { ...page, filter: conditionsOf(filter) });
}

function conditionsOf({ region = null, carrier = null, channel }: AudienceFilter): RecipientFilter {
  if (channel === null || channel === undefined) return { region, carrier, channel: null };
  return {
    region,
    carrier,
    channel: {
      channel: channel.channel,
      assumed: !askedChannels.includes(channel.channel),
      addressKind: addressKindOf[channel.channel] ?? '',
      supported: channel.supported ?? null,
      reachable: channel.isReachable ?? null,
    },
  };
}
