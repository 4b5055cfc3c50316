// External ids: the kinds that there are, and what an id may look like.
import { resemblesAddress } from './address.ts';
import type { Finding } from './finding.ts';

export interface ExternalId {
  /** `external_id` for the tenant's own; `user_id`, `account_id` and others name the system. */
  readonly kind: string;
  readonly value: string;
}

/** The kind of `Recipient.externalId`. */
export const OWN_KIND = 'external_id';
export const EXTERNAL_IDS_MAX = 20;
export const EXTERNAL_ID_CHARACTERS_MAX = 128;
const KIND = /^[a-z][a-z0-9_]{0,31}$/;

/** What is wrong with the tenant's own id and with those of other systems; empty when nothing is. */
export function checkExternalIds(ids: readonly ExternalId[]): Finding[] {
  const findings: Finding[] = [];
  const expect = (holds: boolean, path: readonly string[], sentence: string): void => {
    if (!holds) findings.push({ path, sentence });
  };
  const others = ids.filter(({ kind }) => kind !== OWN_KIND);
  for (const id of ids) {
    const own = id.kind === OWN_KIND;
    const at = own ? [] : ['externalIds', String(others.indexOf(id))];
    const ofValue = own ? ['externalId'] : [...at, 'value'];
    expect(KIND.test(id.kind), [...at, 'kind'], 'A kind is a lower-case word, such as user_id.');
    expect(
      id.value.trim() !== '' && id.value.length <= EXTERNAL_ID_CHARACTERS_MAX,
      ofValue,
      `An external id has 1 to ${EXTERNAL_ID_CHARACTERS_MAX} characters.`,
    );
    const sentence = 'An external id is not an address: it is stored in clear text.';
    expect(!resemblesAddress(id.value), ofValue, sentence);
  }
  const names = new Set(ids.map(({ kind, value }) => `${kind} ${value}`));
  expect(names.size === ids.length, ['externalIds'], 'An external id stands here once.');
  const few = `A person has at most ${EXTERNAL_IDS_MAX} external ids.`;
  expect(ids.length <= EXTERNAL_IDS_MAX, ['externalIds'], few);
  return findings;
}
