// Keeps what people said in their conversations: what they tapped, and what they wrote, for the one tenant whom it answers.
import type { Transaction } from '../../platform/database.ts';
import type { DeliveryDeps } from './context.ts';
import { answersSince } from './domain/conversation.ts';
import { sealText } from './entry-text.ts';
import type { PersonKey } from './ports.ts';
import { recordPartyEntries, type PartyEntry } from './record-entries.ts';
import type { Party } from './store/conversations.ts';
import { findLastHandedOver } from './store/handed-over.ts';

/** Times in milliseconds since 1970. */
interface Heard {
  readonly provider: string;
  readonly dedupeKey: string;
  readonly occurredAt: number;
}

/** A tap names its attempt, and with it whose it is. */
export interface HeardTap extends Heard, Party {
  readonly messageId: string;
  /** Null for a postback that names none. */
  readonly actionId: string | null;
}

/** A text names its number alone, which several tenants may reach. */
export interface HeardText extends Heard {
  /** Sealed before it is kept. */
  readonly text: string;
  readonly owners: readonly Party[];
}

type HearDeps = Pick<DeliveryDeps, 'ports' | 'newUuid' | 'bus' | 'clock' | 'settings'>;

/** What somebody said who was erased meanwhile is not kept. A repetition changes nothing and tells nobody. */
export async function hearPeople(
  tx: Transaction,
  deps: HearDeps,
  { taps, texts }: { readonly taps: readonly HeardTap[]; readonly texts: readonly HeardText[] },
): Promise<void> {
  const said: Said[] = [
    ...taps.map((tap): Said => ({ ...tap, kind: 'TAP', text: null })),
    ...(await attributeTexts(tx, deps, texts)),
  ];
  const entries: PartyEntry[] = [];
  for (const [tenantId, ofTenant] of Map.groupBy(said, (one) => one.tenantId)) {
    const ids = ofTenant.map(({ recipientId }) => recipientId);
    const people = await deps.ports.personKeys(tx, tenantId, ids);
    for (const one of ofTenant) {
      const person = people.get(one.recipientId);
      const entry = person === undefined ? null : await toEntry(deps, one, person);
      if (entry !== null) entries.push(entry);
    }
  }
  await recordPartyEntries(tx, deps, entries);
}

interface Said extends Heard, Party {
  readonly kind: 'TEXT' | 'TAP';
  readonly messageId: string | null;
  readonly actionId: string | null;
  readonly text: string | null;
}

/** The senders' numbers serve all tenants. So what a person writes belongs to whoever wrote to them last on the channel;
 *  where nobody did, to the only one who reaches them there. Between several, nobody can tell: they are not to read what
 *  may be meant for another. */
async function attributeTexts(
  tx: Transaction,
  { settings }: HearDeps,
  texts: readonly HeardText[],
): Promise<readonly Said[]> {
  const asked = texts.flatMap(({ owners, occurredAt: until }) => {
    const since = answersSince(until, settings.answerWindowHours);
    return owners.map((owner) => ({ ...owner, since, until }));
  });
  const found = await findLastHandedOver(tx, asked);
  let next = 0;
  return texts.flatMap(({ owners, ...heard }): Said[] => {
    const candidates = owners.map((owner) => ({ owner, last: found[next++] ?? null }));
    const [first, ...others] = candidates.toSorted(
      (a, b) => (b.last?.at ?? -Infinity) - (a.last?.at ?? -Infinity),
    );
    const known = first !== undefined && (first.last !== null || others.length === 0);
    if (!known) return [];
    const messageId = first.last?.messageId ?? null;
    return [{ ...heard, ...first.owner, kind: 'TEXT', messageId, actionId: null }];
  });
}

/** Null where it cannot be sealed: a tenant that left has nobody who could read it. */
async function toEntry(
  { newUuid, clock }: HearDeps,
  { text, provider, dedupeKey, recipientId: ownerId, ...said }: Said,
  { recipientId, openKey }: PersonKey,
): Promise<PartyEntry | null> {
  const id = newUuid();
  const entry = {
    ...said,
    id,
    recipientId,
    actor: null,
    dedupeKey: `${provider}:${dedupeKey}`,
    countedAt: clock.now(),
  };
  if (text === null) return { ...entry, textSealed: null };
  const key = await openKey();
  if (key === null) return null;
  const place = { tenantId: said.tenantId, entryId: id };
  return { ...entry, textSealed: sealText(text, place, { ownerId, key }) };
}
