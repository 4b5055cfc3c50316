// Canary rollouts: which share of the people may be reached by a route that is being tried out.
import type { Channel, Protection } from '../../../schema/vocabulary.ts';

/** A route that is for some people only. A route with several rollouts is for the members of any of them. */
export interface Rollout {
  /** Also of the feature flag by which a person is in, or not, whatever the share and the filters. */
  readonly name: string;
  readonly channel: Channel;
  /** Null: the whole channel. */
  readonly protection: Protection | null;
  /** 0 to 100, by hundredths. */
  readonly percent: number;
  /** ISO 3166-1 alpha-2; empty: everywhere. */
  readonly regions: readonly string[];
  /** As capability reports name them; empty: all. */
  readonly carriers: readonly string[];
}

/** Whom a rollout asks about. */
export interface RolloutSubject {
  readonly tenantId: string;
  /** UUID. */
  readonly recipientId: string;
  readonly region: string | null;
  readonly flags: Readonly<Record<string, boolean>>;
  /** Of each channel where it is known. */
  readonly carriers: ReadonlyMap<Channel, string>;
}

/** The names of those rollouts that the person is in. */
export function rolloutsOf(rollouts: readonly Rollout[], subject: RolloutSubject): Set<string> {
  return new Set(rollouts.filter((one) => isMember(one, subject)).map(({ name }) => name));
}

/** Whether rollouts keep the route from a person who is in those of these names. Without a protection: the channel as a
 *  whole, whatever it carries. */
export function isRolledOutPast(
  rollouts: readonly Rollout[],
  route: { readonly channel: Channel; readonly protection: Protection | null },
  memberOf: ReadonlySet<string>,
): boolean {
  const ofRoute = rollouts.filter(
    ({ channel, protection }) => channel === route.channel && protection === route.protection,
  );
  return ofRoute.length > 0 && !ofRoute.some(({ name }) => memberOf.has(name));
}

function isMember({ name, channel, percent, regions, carriers }: Rollout, subject: RolloutSubject) {
  const flag = Object.hasOwn(subject.flags, name) ? subject.flags[name] : undefined;
  if (flag !== undefined) return flag;
  // A place or a carrier that is not known is none of those that were named.
  if (regions.length > 0 && !regions.includes(subject.region ?? '')) return false;
  const carrier = subject.carriers.get(channel) ?? '';
  if (carriers.length > 0 && !carriers.includes(carrier)) return false;
  return placeOf(`${name}\n${subject.tenantId}\n${subject.recipientId}`) < percent;
}

/** 0 to under 100, evenly, always the same for a text: who is in at 10 % is in at 20 % too. FNV-1a, whose low bits say
 *  little of texts that differ at their end, with the finish of MurmurHash3. */
function placeOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * 100;
}
