// Why somebody looks at personal data or erases it: kept on record, and in clear text.
import { resemblesAddress } from './address.ts';

const CHARACTERS_MAX = 200;

export const REASON_EXPECTED = `A reason has 1 to ${CHARACTERS_MAX} characters, and is no address.`;

export function isReason(text: string): boolean {
  return text.trim() !== '' && text.length <= CHARACTERS_MAX && !resemblesAddress(text);
}
