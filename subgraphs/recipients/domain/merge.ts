// The profile of two records that are one person: the kept one's word counts, and every refusal of either stands.
import { Purpose as Purposes, type Channel } from '../../../schema/vocabulary.ts';
import type { PurposeOptOuts } from './preference.ts';
import type { Profile } from './profile.ts';

export function mergeProfiles(kept: Profile, merged: Profile): Profile {
  const timeZone = kept.timeZone ?? merged.timeZone;
  return {
    locale: kept.locale,
    timeZone,
    region: kept.region ?? merged.region,
    carrier: kept.carrier ?? merged.carrier,
    preferredChannels:
      kept.preferredChannels.length > 0 ? kept.preferredChannels : merged.preferredChannels,
    optedOutChannels: union(kept.optedOutChannels, merged.optedOutChannels),
    purposeOptOuts: mergeOptOuts(kept.purposeOptOuts, merged.purposeOptOuts),
    quietHours: kept.quietHours ?? merged.quietHours,
    featureFlags: { ...merged.featureFlags, ...kept.featureFlags },
  };
}

function mergeOptOuts(one: PurposeOptOuts, other: PurposeOptOuts): PurposeOptOuts {
  return Object.fromEntries(
    Object.values(Purposes)
      .map((purpose) => [purpose, union(one[purpose] ?? [], other[purpose] ?? [])] as const)
      .filter(([, channels]) => channels.length > 0),
  );
}

function union(one: readonly Channel[], other: readonly Channel[]): Channel[] {
  return [...new Set([...one, ...other])];
}
