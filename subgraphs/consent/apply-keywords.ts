// Applies what a person asked for in one word: STOP withdraws, START opts in again where the law allows, HELP is told.
import { assert } from '../../platform/assert.ts';
import type { Transaction } from '../../platform/database.ts';
import { appendEvents } from '../../platform/event-log.ts';
import type { EventName, EventPayloads } from '../../schema/events.ts';
import { publicId } from '../../schema/ids.ts';
import type { Channel, ConsentAction, Keyword, Purpose } from '../../schema/vocabulary.ts';
import { appendConsents } from './append-consent.ts';
import type { ConsentDeps } from './deps.ts';
import { restoredByStart, stopPurposes, UNKNOWN_JURISDICTION } from './domain/keyword-effect.ts';
import type { AppendConsentRequest } from './draft-records.ts';
import { findStandingRecords } from './store/find-records.ts';
import { lockSubjects } from './store/lock-subjects.ts';

export interface GivenKeyword {
  readonly tenantId: string;
  /** The pseudonym of the number that it came from. */
  readonly subject: string;
  readonly channel: Channel;
  readonly keyword: Keyword;
  /** Names what it came from: the same name takes effect once. */
  readonly origin: string;
  /** Which lists read it. */
  readonly policyVersion: string;
  /** Milliseconds since 1970; null: now. */
  readonly occurredAt: number | null;
}

const HELP = 'consent.help-requested' satisfies EventName;

/** In their order, so that a START sees the STOP before it. */
export async function applyKeywords(
  tx: Transaction,
  deps: ConsentDeps,
  given: readonly GivenKeyword[],
): Promise<void> {
  // Who appends locks people first and then the log of their tenant: no person after that, or two wait for each other.
  for (const [tenantId, ofTenant] of Map.groupBy(given, (one) => one.tenantId)) {
    await lockSubjects(
      tx,
      tenantId,
      ofTenant.map(({ subject }) => subject),
    );
  }
  for (const one of given) await applyKeyword(tx, deps, one);
}

/** Nobody's number any more: nothing happens, since nobody is reached there. */
async function applyKeyword(
  tx: Transaction,
  deps: ConsentDeps,
  given: GivenKeyword,
): Promise<void> {
  const { tenantId, subject, channel, keyword } = given;
  // Whose number it is now, and not whose it was when they wrote: records may have been merged meanwhile.
  const owners = await deps.ports.addressOwners(tx, tenantId, [subject]);
  const recipientId = owners.get(subject)?.recipientId;
  if (recipientId === undefined) return;
  const known = await deps.ports.consentSubjects(tx, tenantId, [recipientId]);
  const reached = known.get(recipientId)?.filter((one) => one.subject === subject) ?? [];
  const region = reached[0]?.region ?? null;
  // A message that may not go to a number by one channel may not go there by its neighbour.
  const channels = reached.map((one) => one.channel);
  switch (keyword) {
    case 'STOP': {
      const withdrawn = stopPurposes.map((purpose) => ({ purpose, channels }));
      return append(tx, deps, given, { recipientId, region, action: 'WITHDRAWN', said: withdrawn });
    }
    case 'START': {
      const standing = await findStandingRecords(tx, tenantId, [subject]);
      const restored = restoredByStart(standing, { channels, region });
      return append(tx, deps, given, { recipientId, region, action: 'GRANTED', said: restored });
    }
    case 'HELP':
      return tellHelp(tx, deps, { given, recipientId, channel });
  }
}

interface Effect {
  /** UUID. */
  readonly recipientId: string;
  readonly region: string | null;
  readonly action: ConsentAction;
  readonly said: readonly { readonly purpose: Purpose; readonly channels: readonly Channel[] }[];
}

async function append(
  tx: Transaction,
  deps: ConsentDeps,
  { tenantId, origin, policyVersion, occurredAt }: GivenKeyword,
  { recipientId, region, action, said }: Effect,
): Promise<void> {
  const requests = said.map(({ purpose, channels }): AppendConsentRequest => {
    return {
      tenantId,
      recipientId: publicId('recipient', recipientId),
      deviceId: null,
      action,
      purpose,
      channels,
      regulation: 'ALL',
      source: 'KEYWORD',
      method: 'KEYWORD',
      jurisdiction: region ?? UNKNOWN_JURISDICTION,
      policyVersion,
      cmp: null,
      occurredAt,
      expiresAt: null,
      idempotencyKey: `${origin} ${purpose}`,
      actor: 'carrier',
    };
  });
  const results = await appendConsents(tx, deps, tenantId, requests);
  // What a person said is not dropped in silence: whoever follows tries again, and then says so.
  const refused = results.some(({ errors }) => errors.length > 0);
  assert(!refused, 'a keyword is a statement that can be recorded');
}

async function tellHelp(
  tx: Transaction,
  { database, bus, clock, newUuid }: ConsentDeps,
  { given, ...payload }: { given: GivenKeyword } & EventPayloads[typeof HELP],
): Promise<void> {
  const { tenantId, occurredAt } = given;
  const id = newUuid();
  const at = occurredAt ?? clock.now();
  await appendEvents(tx, database.schema, [{ tenantId, id, name: HELP, payload, occurredAt: at }]);
  tx.afterCommit(() => bus.wake(`events:${database.schema}`));
}
