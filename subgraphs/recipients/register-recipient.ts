// Registers a person: checks what was written, seals the addresses, and has the capabilities looked up. One commit.
import { KeyUse } from '../../crypto/kms.ts';
import { AlreadyExists, InvalidInput } from '../../schema/user-errors.ts';
import { CapabilityPriority, putCapabilityTasks } from './capability-task.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { OWN_KIND } from './domain/external-id.ts';
import { draftPeople } from './draft-people.ts';
import { readPerson, type WrittenPerson } from './read-person.ts';
import { refusable } from './refusable.ts';
import { insertPeople, type NewPeople, type Taken } from './store/insert-people.ts';
import type { RecipientRow } from './store/recipient.table.ts';

export interface RegisterRecipientRequest extends WrittenPerson {
  readonly tenantId: string;
}

export interface RegisterRecipientResult {
  readonly recipient: RecipientRow | null;
  readonly errors: (InvalidInput | AlreadyExists)[];
}

export async function registerRecipient(
  deps: RecipientsWork,
  { tenantId, ...written }: RegisterRecipientRequest,
): Promise<RegisterRecipientResult> {
  const { person, findings } = readPerson(written);
  if (findings.length > 0) {
    const errors = findings.map(({ path, sentence }) => new InvalidInput(path, sentence));
    return { recipient: null, errors };
  }
  const pseudonymKey = await deps.kms.macKey({ tenant: tenantId, use: KeyUse.pseudonym });
  const drafted = await draftPeople(deps, tenantId, pseudonymKey, [person]);
  const outcome = await refusable<void, AlreadyExists>((refuse) =>
    deps.database.transaction(tenantId, async (tx) => {
      const taken = takenErrors(await insertPeople(tx, drafted), drafted);
      if (taken.length > 0) return refuse(...taken);
      const phones = drafted.addresses.filter(({ kind }) => kind === 'PHONE');
      await putCapabilityTasks(tx, deps, {
        tenantId,
        priority: CapabilityPriority.first,
        addresses: phones.map(({ id }) => ({ addressId: id, delayMs: 0 })),
      });
      const recipientIds = drafted.recipients.map(({ id }) => id);
      await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'registered' });
    }),
  );
  if (outcome.refused !== null) return { recipient: null, errors: [...outcome.refused] };
  return { recipient: drafted.recipients[0] ?? null, errors: [] };
}

function takenErrors({ addresses, externalIds }: Taken, drafted: NewPeople): AlreadyExists[] {
  const others = drafted.externalIds.filter(({ kind }) => kind !== OWN_KIND);
  const sentence = (what: string) => `Another recipient of the tenant has this ${what}.`;
  return [
    ...externalIds.map((id) => {
      const own = id.kind === OWN_KIND;
      const path = own ? ['externalId'] : ['externalIds', String(others.indexOf(id))];
      return new AlreadyExists(path, sentence(own ? 'externalId' : 'external id'));
    }),
    ...addresses.map(({ kind }) => {
      const field = kind === 'PHONE' ? 'phone' : 'email';
      return new AlreadyExists([field], sentence(field));
    }),
  ];
}
