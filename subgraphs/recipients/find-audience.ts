// Whom a filter means: pages of ids in the order of registration, for the list of recipients and for who writes to them.
import type { Transaction } from '../../platform/database.ts';
import type { Scan } from '../../platform/page.ts';
import type { Channel, Tristate } from '../../schema/vocabulary.ts';
import { addressKindOf } from './domain/address.ts';
import { askedChannels } from './domain/capability.ts';
import { findRecipientPage, type RecipientFilter, type RecipientRange } from './store/find-page.ts';

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

/** One look at the people whom a filter means, in one statement of the asker's transaction, under the grants of index.ts. People
 *  keep their place: who is registered later comes behind. now: milliseconds since 1970. */
export async function findAudience(
  tx: Transaction,
  tenantId: string,
  { filter, now, ...range }: RecipientRange & { filter: AudienceFilter; now: number },
): Promise<Scan<string>> {
  return findRecipientPage(tx, tenantId, { filter: conditionsOf(filter), range, now });
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
