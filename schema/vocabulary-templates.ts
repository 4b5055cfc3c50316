// The words of a template's lint, of its previews, and of its registration with others.

/** Whether a finding of the lint keeps a template from being submitted. */
export const LintSeverity = { ERROR: 'ERROR', WARNING: 'WARNING' } as const;
export type LintSeverity = (typeof LintSeverity)[keyof typeof LintSeverity];

/** The alphabets of an SMS. One character outside GSM 03.38 turns the whole text into UCS-2. */
export const SmsEncoding = { GSM_7: 'GSM_7', UCS_2: 'UCS_2' } as const;
export type SmsEncoding = (typeof SmsEncoding)[keyof typeof SmsEncoding];

/** What a provider, a carrier or a registry says of a template that was registered with it. */
export const RegistrationState = {
  PENDING: 'PENDING',
  APPROVED: 'APPROVED',
  REJECTED: 'REJECTED',
} as const;
export type RegistrationState = (typeof RegistrationState)[keyof typeof RegistrationState];

/** How a message goes out: one way after the other, or several at once, which share its canonical id. */
export const Strategy = { SINGLE: 'SINGLE', PARALLEL: 'PARALLEL' } as const;
export type Strategy = (typeof Strategy)[keyof typeof Strategy];
