// A template's registration with those who must let its messages through: what can be written down, and what it holds up.
import type { RegistrationState } from '../../../schema/vocabulary-templates.ts';
import type { TemplateState } from '../../../schema/vocabulary.ts';
import { isStorable, NOT_STORABLE, type Finding } from './template.ts';

export interface Registration {
  /** A provider, a carrier or a registry, such as `twilio` or `india-dlt`. */
  readonly registrar: string;
  readonly state: RegistrationState;
  /** The registrar's own id of the template, where it gave one. */
  readonly reference: string | null;
}

const REGISTRAR = /^[a-z][a-z0-9-]{1,39}$/;
const REFERENCE_CHARACTERS_MAX = 255;

/** What is wrong with a registration; empty when it can be written down. */
export function checkRegistration({ registrar, reference }: Registration): Finding[] {
  const findings: Finding[] = [];
  if (!REGISTRAR.test(registrar)) {
    const sentence = 'A registrar has 2 to 40 of a-z, 0-9 and -, and begins with a letter.';
    findings.push({ path: ['registrar'], sentence });
  }
  if (reference !== null && !isStorable(reference)) {
    findings.push({ path: ['reference'], sentence: NOT_STORABLE });
  }
  if (reference !== null && reference.length > REFERENCE_CHARACTERS_MAX) {
    const sentence = `It has at most ${REFERENCE_CHARACTERS_MAX} characters.`;
    findings.push({ path: ['reference'], sentence });
  }
  return findings;
}

/** A version that never comes back is registered nowhere. */
export const mayRegister = (state: TemplateState): boolean =>
  state !== 'REJECTED' && state !== 'RETIRED';
