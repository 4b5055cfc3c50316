// Registers a person: checks the profile, seals the addresses, and has the capabilities looked up. One commit.
import { KeyUse } from '../../crypto/kms.ts';
import { makePseudonym, PseudonymKind } from '../../crypto/pseudonym.ts';
import { AlreadyExists, InvalidInput } from '../../schema/user-errors.ts';
import { sealAddress } from './addresses.ts';
import { CapabilityPriority, putCapabilityTasks } from './capability-task.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { normalizeEmail } from './domain/address.ts';
import { checkProfile, type Finding, type Profile } from './domain/profile.ts';
import { parsePhoneNumber } from './phone-number.ts';
import type { AddressRow } from './store/address.table.ts';
import { insertRecipient, type Taken } from './store/insert-recipient.ts';
import type { RecipientRow } from './store/recipient.table.ts';

export interface RegisterRecipientRequest extends Profile {
  readonly tenantId: string;
  /** As the caller wrote them; null for none. */
  readonly phone: string | null;
  readonly email: string | null;
}

export interface RegisterRecipientResult {
  readonly recipient: RecipientRow | null;
  readonly errors: (InvalidInput | AlreadyExists)[];
}

/** An address in its one spelling. */
interface NewAddress {
  readonly kind: 'PHONE' | 'EMAIL';
  readonly value: string;
}

const PSEUDONYM_KIND = { PHONE: PseudonymKind.msisdn, EMAIL: PseudonymKind.email } as const;
const FIELD_OF: Readonly<Record<Taken[number], string>> = {
  externalId: 'externalId',
  PHONE: 'phone',
  EMAIL: 'email',
  APPLE_ID: 'appleId',
};

/** Thrown inside the transaction to undo it: what it inserted beside the identifier that was taken must not stay. */
class IdentifierTaken extends Error {
  readonly taken: Taken;

  constructor(taken: Taken) {
    super('an identifier is taken');
    this.taken = taken;
  }
}

export async function registerRecipient(
  deps: RecipientsWork,
  request: RegisterRecipientRequest,
): Promise<RegisterRecipientResult> {
  const { profile, addresses, findings } = read(request);
  if (findings.length > 0) {
    const errors = findings.map(({ path, sentence }) => new InvalidInput(path, sentence));
    return { recipient: null, errors };
  }
  const { recipient, rows } = await seal(deps, request.tenantId, profile, addresses);
  try {
    await store(deps, recipient, rows);
    return { recipient, errors: [] };
  } catch (error) {
    if (!(error instanceof IdentifierTaken)) throw error;
    return { recipient: null, errors: error.taken.map(alreadyExists) };
  }
}

function read(request: RegisterRecipientRequest): {
  profile: Profile;
  addresses: NewAddress[];
  findings: Finding[];
} {
  const phone = request.phone === null ? null : parsePhoneNumber(request.phone);
  const email = request.email === null ? null : normalizeEmail(request.email);
  const profile = { ...request, region: request.region ?? phone?.region ?? null };
  const findings = checkProfile(profile);
  if (request.phone !== null && phone === null) {
    const sentence = 'A phone number is written in international form, such as +4366012345678.';
    findings.push({ path: ['phone'], sentence });
  }
  if (request.email !== null && email === null) {
    findings.push({ path: ['email'], sentence: 'This is not an email address.' });
  }
  if (request.phone === null && request.email === null && request.externalId === null) {
    findings.push({ path: [], sentence: 'A recipient has a phone, an email or an externalId.' });
  }
  const addresses: NewAddress[] = [];
  if (phone !== null) addresses.push({ kind: 'PHONE', value: phone.e164 });
  if (email !== null) addresses.push({ kind: 'EMAIL', value: email });
  return { profile, addresses, findings };
}

/** Asks the KMS before the transaction begins: it may be another machine. */
async function seal(
  { kms, clock, newUuid, dataKeys }: RecipientsWork,
  tenantId: string,
  profile: Profile,
  addresses: readonly NewAddress[],
): Promise<{ recipient: RecipientRow; rows: AddressRow[] }> {
  const id = newUuid();
  const createdAt = new Date(clock.now());
  const { key, wrapped } = await dataKeys.create({ tenantId, recipientId: id });
  const pseudonymKey = await kms.macKey({ tenant: tenantId, use: KeyUse.pseudonym });
  const rows = addresses.map(({ kind, value }): AddressRow => {
    const row = { tenantId, id: newUuid(), recipientId: id, kind, verifiedAt: null, createdAt };
    const pseudonym = makePseudonym(pseudonymKey.key, {
      keyVersion: pseudonymKey.version,
      kind: PSEUDONYM_KIND[kind],
      tenant: tenantId,
      value,
    });
    return { ...row, pseudonym, sealed: sealAddress(key, row, value) };
  });
  const { externalId, locale, timeZone, region, carrier } = profile;
  const recipient: RecipientRow = {
    tenantId,
    id,
    externalId,
    locale,
    timeZone,
    region,
    carrier,
    preferredChannels: [...profile.preferredChannels],
    optedOutChannels: [...profile.optedOutChannels],
    dataKey: Buffer.from(wrapped.ciphertext),
    dataKeyId: wrapped.keyId,
    dataKeyVersion: wrapped.version,
    createdAt,
  };
  return { recipient, rows };
}

async function store(
  deps: RecipientsWork,
  recipient: RecipientRow,
  addresses: readonly AddressRow[],
): Promise<void> {
  const { tenantId, id } = recipient;
  await deps.database.transaction(tenantId, async (tx) => {
    const taken = await insertRecipient(tx, recipient, addresses);
    if (taken.length > 0) throw new IdentifierTaken(taken);
    const phones = addresses.filter(({ kind }) => kind === 'PHONE');
    await putCapabilityTasks(tx, deps, {
      tenantId,
      priority: CapabilityPriority.first,
      addresses: phones.map((phone) => ({ addressId: phone.id, delayMs: 0 })),
    });
    await tellChannelsChanged(tx, deps, { tenantId, recipientIds: [id], reason: 'registered' });
  });
}

function alreadyExists(taken: Taken[number]): AlreadyExists {
  const field = FIELD_OF[taken];
  return new AlreadyExists([field], `Another recipient of the tenant has this ${field}.`);
}
