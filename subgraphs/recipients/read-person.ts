// A person as somebody wrote them down: addresses in their one spelling, and everything that is wrong at once.
import { OWN_KIND, checkExternalIds, type ExternalId } from './domain/external-id.ts';
import type { Finding } from './domain/finding.ts';
import { checkProfile, DEFAULT_PROFILE, type Profile } from './domain/profile.ts';
import { ADDRESS_EXPECTED, readAddress, type ReadAddress } from './written-address.ts';

export interface WrittenPerson {
  /** The tenant's own id; null for none. */
  readonly externalId: string | null;
  /** What other systems call the person. */
  readonly externalIds: readonly ExternalId[];
  /** As the caller wrote them; null for none. */
  readonly phone: string | null;
  readonly email: string | null;
  /** What was said, and nothing else. */
  readonly profile: Partial<Profile>;
}

export interface ReadPerson {
  readonly externalIds: readonly ExternalId[];
  readonly addresses: readonly ReadAddress[];
  readonly profile: Partial<Profile>;
}

/** The person, and what is wrong with them; nothing is where `findings` are empty. */
export function readPerson(written: WrittenPerson): { person: ReadPerson; findings: Finding[] } {
  const { externalId, phone, email } = written;
  const own = externalId === null ? [] : [{ kind: OWN_KIND, value: externalId }];
  const externalIds = [...own, ...written.externalIds];
  const findings = [
    ...checkExternalIds(externalIds),
    ...checkProfile({ ...DEFAULT_PROFILE, ...written.profile }),
  ];
  const addresses: ReadAddress[] = [];
  for (const [kind, field, text] of [
    ['PHONE', 'phone', phone],
    ['EMAIL', 'email', email],
  ] as const) {
    if (text === null) continue;
    const address = readAddress({ kind, text });
    if (address === null) findings.push({ path: [field], sentence: ADDRESS_EXPECTED[kind] });
    else addresses.push(address);
  }
  if (phone === null && email === null && externalIds.length === 0) {
    findings.push({ path: [], sentence: 'A recipient has a phone, an email or an external id.' });
  }
  return { person: { externalIds, addresses, profile: written.profile }, findings };
}
