// When a message may leave: marketing in its hours alone, everything else at any time.
import type { Policy } from './policy.ts';
import { openFrom, type Whereabouts } from './quiet-hours.ts';
import type { Template } from './template.ts';

/** In milliseconds since 1970: the first moment at or after `at` and before `expiresAt`; null: none of them. */
export function sendableFrom(
  { purpose }: Pick<Template, 'purpose'>,
  person: Whereabouts,
  { marketingHours }: Pick<Policy, 'marketingHours'>,
  { at, expiresAt }: { readonly at: number; readonly expiresAt: number },
): number | null {
  if (purpose !== 'MARKETING') return at;
  const moment = openFrom(person, marketingHours, at);
  return moment === null || moment >= expiresAt ? null : moment;
}
