// Drafts the records that a request asks for, one a channel, under the pseudonyms of the person's addresses.
import type { Transaction } from '../../platform/database.ts';
import { uuidOf } from '../../schema/ids.ts';
import { InvalidInput, NotFound, type IdempotencyKeyReused } from '../../schema/user-errors.ts';
import type { Channel, Regulation } from '../../schema/vocabulary.ts';
import type { ConsentDeps } from './deps.ts';
import {
  checkStatement,
  type CmpEvidence,
  type ConsentRecord,
  type ConsentStatement,
} from './domain/consent-record.ts';
import type { ConsentSubject } from './ports.ts';

export interface AppendConsentRequest extends ConsentStatement {
  readonly tenantId: string;
  /** `rcp_...`; null for a stranger. */
  readonly recipientId: string | null;
  /** Somebody whom the tenant does not know, by the pseudonym of an address that reaches all the channels. */
  readonly stranger?: Pick<ConsentSubject, 'subject' | 'linkage'>;
  /** `dev_...`: one of the recipient's own, or null. */
  readonly deviceId: string | null;
  /** Under whose law it counts; two of different laws never replace each other. */
  readonly regulation: Regulation;
  /** Where a consent management platform told us. */
  readonly cmp: CmpEvidence | null;
  /** Who tells us: the token's subject. */
  readonly actor: string;
}

export type AppendConsentError = InvalidInput | NotFound | IdempotencyKeyReused;

/** A request as records, one a channel; without records it is refused. */
export interface Draft {
  readonly records: readonly ConsentRecord[];
  /** Whether the caller said when it happened: only then a repetition has to say the same. */
  readonly timed: boolean;
  readonly errors: readonly AppendConsentError[];
}

/** In the order of the requests, in one statement for any number of them, and one more where devices are named. */
export async function draftRecords(
  tx: Transaction,
  { ports, newUuid }: ConsentDeps,
  tenantId: string,
  { requests, recordedAt }: { requests: readonly AppendConsentRequest[]; recordedAt: number },
): Promise<Draft[]> {
  const uuids = requests.map(({ recipientId }) => uuidOf('recipient', recipientId ?? ''));
  const known = [...new Set(uuids.filter((uuid) => uuid !== null))];
  const devices = requests.flatMap(({ deviceId }) => uuidOf('device', deviceId ?? '') ?? []);
  const [asked, owners] = await Promise.all([
    ports.consentSubjects(tx, tenantId, known),
    ports.deviceOwners(tx, tenantId, [...new Set(devices)]),
  ]);
  return requests.map((request, index) => {
    const timed = request.occurredAt !== null;
    const errors: AppendConsentError[] = checkRequest(request, recordedAt);
    const recipientId = uuids[index] ?? null;
    const subjects = recipientId === null ? strangerIn(request) : asked.get(recipientId);
    if (errors.length > 0) return { records: [], timed, errors };
    if (subjects === undefined) return { records: [], timed, errors: [noRecipient()] };
    if (!isOwnDevice(request.deviceId, recipientId, owners)) {
      return { records: [], timed, errors: [strangeDevice()] };
    }
    const records = recordsOf({ ...request, recipientId, recordedAt }, subjects, newUuid);
    const missing = request.channels.flatMap((channel, place) =>
      records.some((record) => record.channel === channel) ? [] : [noAddress(channel, place)],
    );
    return { records: missing.length > 0 ? [] : records, timed, errors: missing };
  });
}

function checkRequest(request: AppendConsentRequest, recordedAt: number): InvalidInput[] {
  return checkStatement(request, recordedAt).map(
    ({ path, sentence }) => new InvalidInput(path, sentence),
  );
}

/** A consent on record as given on a device proves something only if the device is the person's. */
function isOwnDevice(
  deviceId: string | null,
  recipientId: string | null,
  owners: ReadonlyMap<string, string>,
): boolean {
  if (deviceId === null) return true;
  const owner = owners.get(uuidOf('device', deviceId) ?? '');
  return owner !== undefined && owner === recipientId;
}

function strangerIn({ channels, stranger }: AppendConsentRequest): ConsentSubject[] | undefined {
  return stranger && channels.map((channel) => ({ ...stranger, channel, region: null }));
}

/** With the recipient's UUID. */
type Statement = AppendConsentRequest & { readonly recordedAt: number };

function recordsOf(
  statement: Statement,
  subjects: readonly ConsentSubject[],
  newUuid: () => string,
): ConsentRecord[] {
  const { channels, occurredAt, deviceId, stranger: _stranger, ...said } = statement;
  return channels.flatMap((channel) => {
    const found = subjects.find((known) => known.channel === channel);
    if (found === undefined) return [];
    const { subject, linkage } = found;
    return [
      {
        ...said,
        id: newUuid(),
        channel,
        subject,
        linkage,
        deviceId: deviceId === null ? null : uuidOf('device', deviceId),
        occurredAt: occurredAt ?? said.recordedAt,
      },
    ];
  });
}

function strangeDevice(): InvalidInput {
  return new InvalidInput(['deviceId'], 'The recipient has no such device.');
}

function noRecipient(): NotFound {
  return new NotFound(['recipientId'], 'There is no recipient with this id.');
}

function noAddress(channel: Channel, index: number): InvalidInput {
  return new InvalidInput(['channels', String(index)], `There is no address for ${channel}.`);
}
