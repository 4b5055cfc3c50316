// Imports what a consent management platform tells: proven first, then read as a whole, then recorded once or not at all.
import { createHash } from 'node:crypto';
import { assert } from '../../platform/assert.ts';
import type { Transaction } from '../../platform/database.ts';
import { publicId } from '../../schema/ids.ts';
import type { Channel, CmpFormat } from '../../schema/vocabulary.ts';
import { appendConsents } from './append-consent.ts';
import { authenticateCmp, type CmpRequest, type Genuine } from './authenticate-cmp.ts';
import { sealPayload } from './cmp-payload.ts';
import { cmpSecretsOf, type WebhookSecrets } from './webhook-secrets.ts';
import type { ConsentDeps } from './deps.ts';
import {
  isRefusal,
  refusal,
  unreadableIdentifier,
  type CmpEvent,
  type CmpRefusal,
  type ReadCmpEvent,
} from './domain/cmp/cmp-event.ts';
import { readDidomi } from './domain/cmp/didomi.ts';
import { readGeneric } from './domain/cmp/generic.ts';
import { readOneTrust } from './domain/cmp/onetrust.ts';
import { mapChoices, type MappedChoice } from './domain/cmp/purposes.ts';
import type { Linkage } from './domain/consent-record.ts';
import type { AppendConsentRequest } from './draft-records.ts';
import { insertCmpEvent, type CmpEventRow } from './store/cmp-events.ts';
import { findCmpSources, type CmpSource } from './store/cmp-sources.ts';

export type CmpOutcome =
  | { readonly kind: 'no-source' }
  | { readonly kind: 'unproven' }
  | { readonly kind: 'refused'; readonly refusal: CmpRefusal }
  /** The id came before with another body. */
  | { readonly kind: 'contradicted' }
  | { readonly kind: 'taken'; readonly recordedCount: number; readonly replayed: boolean };

const readers: Readonly<Record<CmpFormat, (body: unknown, now: number) => ReadCmpEvent>> = {
  GENERIC: readGeneric,
  DIDOMI: readDidomi,
  ONETRUST: readOneTrust,
};

/** Which channels an address reaches whose owner nobody knows, and how its pseudonym stands for them. */
const reachOf: Readonly<
  Record<'PHONE' | 'EMAIL', { readonly channels: readonly Channel[]; readonly linkage: Linkage }>
> = {
  PHONE: { channels: ['RCS', 'SMS'], linkage: 'HASHED_PHONE' },
  EMAIL: { channels: ['EMAIL'], linkage: 'HASHED_EMAIL' },
};

export async function importCmpEvent(
  deps: ConsentDeps,
  secrets: WebhookSecrets,
  { tenantId, format, ...request }: { tenantId: string; format: CmpFormat } & CmpRequest,
): Promise<CmpOutcome> {
  const sources = await deps.database.read(tenantId, (tx) => findCmpSources(tx, tenantId));
  const source = sources.find((one) => one.format === format);
  if (source === undefined) return { kind: 'no-source' };
  const now = deps.clock.now();
  const opened = await secrets.open(cmpSecretsOf(source), source.secrets);
  const genuine = await authenticateCmp(source, request, { secrets: opened, now });
  if (genuine === null) return { kind: 'unproven' };
  const read = readBody(request.body, { format, now });
  if (read === 'IGNORED') return { kind: 'taken', recordedCount: 0, replayed: false };
  if (isRefusal(read)) return { kind: 'refused', refusal: read };
  if (genuine.identifier !== null && genuine.identifier !== read.address.text) {
    return { kind: 'unproven' };
  }
  const choices = mapChoices(read.choices, source.purposes);
  if (isRefusal(choices)) return { kind: 'refused', refusal: choices };
  const [subject = null] = await deps.ports.addressSubjects(tenantId, [read.address]);
  if (subject === null) return { kind: 'refused', refusal: unreadableIdentifier('identifier') };
  return record(deps, { source, genuine, event: read, choices, subject, body: request.body, now });
}

function readBody(body: Buffer, { format, now }: { format: CmpFormat; now: number }): ReadCmpEvent {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return refusal('MALFORMED', '', 'The body is no JSON.');
  }
  return readers[format](json, now);
}

interface ProvenEvent {
  readonly source: CmpSource;
  readonly genuine: Genuine;
  readonly event: CmpEvent;
  readonly choices: readonly MappedChoice[];
  /** The pseudonym of the event's address. */
  readonly subject: string;
  readonly body: Buffer;
  readonly now: number;
}

async function record(deps: ConsentDeps, proven: ProvenEvent): Promise<CmpOutcome> {
  const { source, genuine, event, subject, body, now } = proven;
  const { tenantId, format } = source;
  const id = deps.newUuid();
  const eventId = genuine.eventId ?? event.id;
  assert(eventId !== null, 'an event has an id, from its proof or from its body');
  const sealed = await sealPayload(deps.kms, { tenantId, id }, { proof: genuine.proof, body });
  const bodyDigest = createHash('sha256').update(body).digest();
  return deps.database.transaction(tenantId, async (tx): Promise<CmpOutcome> => {
    const requests = await requestsFor(tx, deps, proven);
    const outcome = requests.length > 0 ? 'RECORDED' : 'NOTHING_TO_RECORD';
    const about = { tenantId, id, format, eventId, bodyDigest, ...sealed };
    const row: CmpEventRow = { ...about, subject, outcome, receivedAt: now };
    const earlier = await insertCmpEvent(tx, row);
    if (earlier !== null) {
      return earlier.equals(bodyDigest)
        ? { kind: 'taken', recordedCount: 0, replayed: true }
        : { kind: 'contradicted' };
    }
    const results = await appendConsents(tx, deps, tenantId, requests);
    const refused = results.some(({ errors }) => errors.length > 0);
    // Everything that a record asks for was checked while the event was read; all of it is rolled back.
    assert(!refused, 'what was read of an event can be recorded');
    const recordedCount = requests.reduce((count, { channels }) => count + channels.length, 0);
    return { kind: 'taken', recordedCount, replayed: false };
  });
}

/** One a choice that reaches the person by a channel. Who is not known yet is recorded by the pseudonym alone, and found
 *  by it when they come. */
async function requestsFor(
  tx: Transaction,
  { ports }: ConsentDeps,
  { source, genuine, event, choices, subject }: ProvenEvent,
): Promise<AppendConsentRequest[]> {
  const { tenantId, format } = source;
  const owners = await ports.addressOwners(tx, tenantId, [subject]);
  const owner = owners.get(subject)?.recipientId ?? null;
  const known = owner === null ? undefined : await ports.consentSubjects(tx, tenantId, [owner]);
  const { channels: reached, linkage } = reachOf[event.address.kind];
  const reachable = known?.get(owner ?? '')?.map(({ channel }) => channel) ?? reached;
  return choices.flatMap(({ channels, ...choice }): AppendConsentRequest[] => {
    const on = channels.filter((channel) => reachable.includes(channel));
    if (on.length === 0) return [];
    return [
      {
        ...choice,
        tenantId,
        channels: on,
        recipientId: owner === null ? null : publicId('recipient', owner),
        ...(owner === null && { stranger: { subject, linkage } }),
        deviceId: null,
        source: 'CMP',
        method: 'FORM',
        regulation: event.regulation ?? source.regulation,
        jurisdiction: event.jurisdiction ?? source.jurisdiction,
        policyVersion: event.policyVersion ?? source.policyVersion,
        cmp: { ...event.cmp, signature: genuine.signature },
        idempotencyKey: null,
        actor: `cmp:${format.toLowerCase()}`,
      },
    ];
  });
}
