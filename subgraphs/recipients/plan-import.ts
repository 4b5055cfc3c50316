// What an import would do: who is new, who is changed and how, and which rows are refused. Nothing is written here.
import { isDeepStrictEqual } from 'node:util';
import { KeyUse, type MacKey } from '../../crypto/kms.ts';
import { InvalidInput } from '../../schema/user-errors.ts';
import type { ImportOutcome } from '../../schema/vocabulary.ts';
import { draftAddresses } from './addresses.ts';
import type { RecipientsWork } from './deps.ts';
import { checkExternalIds, OWN_KIND } from './domain/external-id.ts';
import type { Finding } from './domain/finding.ts';
import { matchRows, type Identifier, type Match } from './domain/import.ts';
import { checkProfile } from './domain/profile.ts';
import { draftPeople, profileColumns } from './draft-people.ts';
import { pseudonymOf } from './pseudonyms.ts';
import { readPerson, type ReadPerson, type WrittenPerson } from './read-person.ts';
import { findByExternalIds, loadExternalIds } from './store/external-ids.ts';
import type { NewPeople } from './store/insert-people.ts';
import { loadRecipientsOf } from './store/load-recipients-of.ts';
import { loadForUpdate, type KnownPerson, type ProfileUpdate } from './store/update-people.ts';

/** What becomes of a row. */
export interface ImportedRow {
  readonly outcome: ImportOutcome;
  /** UUID; null when refused. */
  readonly recipientId: string | null;
  readonly errors: readonly InvalidInput[];
}

export interface ImportPlan {
  readonly results: readonly ImportedRow[];
  /** New people, and what known people get. */
  readonly people: NewPeople;
  readonly updates: readonly ProfileUpdate[];
}

/** A row that is well formed, with its names. */
interface ReadRow {
  readonly person: ReadPerson;
  readonly identifiers: readonly Identifier[];
}

/** Four statements, and the KMS. */
export async function planImport(
  deps: RecipientsWork,
  tenantId: string,
  rows: readonly WrittenPerson[],
): Promise<ImportPlan> {
  const pseudonymKey = await deps.kms.macKey({ tenant: tenantId, use: KeyUse.pseudonym });
  const read = rows.map((row) => readRow(tenantId, pseudonymKey, row));
  const good = read.flatMap((row) => (Array.isArray(row) ? [] : [row]));
  const { ownerOf, knownOf } = await deps.database.read(tenantId, async (tx) => {
    const ids = good.flatMap(({ person }) => person.externalIds);
    const names = good.flatMap(({ identifiers }) => identifiers.map(({ name }) => name));
    const subjects = names.filter((name) => name.startsWith('pn1.'));
    const [byId, byAddress] = await Promise.all([
      findByExternalIds(tx, tenantId, ids),
      loadRecipientsOf(
        tx,
        subjects.map((subject) => ({ tenantId, subject })),
      ),
    ]);
    const owners = new Map(byId);
    for (const { subject, recipientId } of byAddress) owners.set(subject, recipientId);
    const recipientIds = [...new Set(owners.values())];
    const [known, externalIds] = await Promise.all([
      loadForUpdate(tx, tenantId, recipientIds),
      loadExternalIds(tx, tenantId, recipientIds),
    ]);
    const idsOf = Map.groupBy(externalIds, (one) => one.recipientId);
    return {
      ownerOf: owners,
      knownOf: new Map(
        known.map((one) => [one.row.id, { ...one, externalIds: idsOf.get(one.row.id) ?? [] }]),
      ),
    };
  });
  const matches = matchRows(
    read.map((row) => (Array.isArray(row) ? null : row.identifiers)),
    ownerOf,
  );
  const planned = await Promise.all(
    read.map(async (row, index) =>
      Array.isArray(row)
        ? refusedFor(row)
        : planRow(deps, { tenantId, pseudonymKey, ownerOf, knownOf }, row, matches[index] ?? null),
    ),
  );
  return {
    results: planned.map(({ result }) => result),
    people: {
      recipients: planned.flatMap(({ people }) => people.recipients),
      addresses: planned.flatMap(({ people }) => people.addresses),
      externalIds: planned.flatMap(({ people }) => people.externalIds),
    },
    updates: planned.flatMap(({ update }) => (update === null ? [] : [update])),
  };
}

function readRow(tenantId: string, key: MacKey, written: WrittenPerson): ReadRow | Finding[] {
  const { person, findings } = readPerson(written);
  if (findings.length > 0) return findings;
  const others = person.externalIds.filter(({ kind }) => kind !== OWN_KIND);
  const identifiers = [
    ...person.externalIds.map((id) => ({
      name: `${id.kind} ${id.value}`,
      path: id.kind === OWN_KIND ? ['externalId'] : ['externalIds', String(others.indexOf(id))],
    })),
    ...person.addresses.map((address) => ({
      name: pseudonymOf(tenantId, key, address),
      path: [address.kind === 'PHONE' ? 'phone' : 'email'],
    })),
  ];
  return { person, identifiers };
}

interface PlannedRow {
  readonly result: ImportedRow;
  readonly people: NewPeople;
  readonly update: ProfileUpdate | null;
}

const NOBODY: NewPeople = { recipients: [], addresses: [], externalIds: [] };

function refusedFor(findings: readonly Finding[]): PlannedRow {
  const errors = findings.map(({ path, sentence }) => new InvalidInput(path, sentence));
  return {
    result: { outcome: 'REFUSED', recipientId: null, errors },
    people: NOBODY,
    update: null,
  };
}

interface Around {
  readonly tenantId: string;
  readonly pseudonymKey: MacKey;
  readonly ownerOf: ReadonlyMap<string, string>;
  readonly knownOf: ReadonlyMap<
    string,
    KnownPerson & { readonly externalIds: readonly { kind: string; value: string }[] }
  >;
}

async function planRow(
  deps: RecipientsWork,
  around: Around,
  { person, identifiers }: ReadRow,
  match: Match | null,
): Promise<PlannedRow> {
  const { tenantId, pseudonymKey, ownerOf, knownOf } = around;
  if (match === null) return refusedFor([]);
  if (match.kind === 'torn' || match.kind === 'repeated') return refusedFor([match.finding]);
  if (match.kind === 'new') {
    const people = await draftPeople(deps, tenantId, pseudonymKey, [person]);
    const recipientId = people.recipients[0]?.id ?? null;
    return { result: { outcome: 'CREATED', recipientId, errors: [] }, people, update: null };
  }
  const { recipientId } = match;
  const known = knownOf.get(recipientId);
  if (known === undefined) return refusedFor([]);
  const profile = profileColumns({ ...known.row, ...person.profile });
  const free = identifiers.filter(({ name }) => !ownerOf.has(name)).map(({ name }) => name);
  const externalIds = person.externalIds.filter((one) => free.includes(`${one.kind} ${one.value}`));
  const findings = [
    ...checkProfile(profile),
    ...checkExternalIds([...known.externalIds, ...externalIds]),
  ];
  if (findings.length > 0) return refusedFor(findings);
  const addresses = person.addresses.filter((address) =>
    free.includes(pseudonymOf(tenantId, pseudonymKey, address)),
  );
  const people: NewPeople = {
    recipients: [],
    addresses:
      addresses.length === 0
        ? []
        : draftAddresses(deps, await ownerOfKey(deps, around, known), addresses),
    externalIds: externalIds.map((one) => ({ tenantId, recipientId, ...one })),
  };
  const changed =
    people.addresses.length + people.externalIds.length > 0 ||
    !isDeepStrictEqual(profile, profileColumns(known.row));
  const update = {
    id: recipientId,
    tenantId,
    version: known.version,
    profile,
    at: new Date(deps.clock.now()),
  };
  return {
    result: { outcome: changed ? 'UPDATED' : 'UNCHANGED', recipientId, errors: [] },
    people,
    update: changed ? update : null,
  };
}

async function ownerOfKey(
  deps: RecipientsWork,
  { tenantId, pseudonymKey }: Around,
  { row }: KnownPerson,
) {
  const wrapped = { keyId: row.dataKeyId, version: row.dataKeyVersion, ciphertext: row.dataKey };
  const dataKey = await deps.dataKeys.open({ tenantId, recipientId: row.id }, wrapped);
  return { tenantId, recipientId: row.id, dataKey, pseudonymKey };
}
