// Why somebody reads what a person wrote: kept on record, and in clear text.
const CHARACTERS_MAX = 200;

export const REASON_EXPECTED = `A reason has 1 to ${CHARACTERS_MAX} characters, and is no address.`;

/** Addresses are never stored in clear text. */
export function isReason(text: string): boolean {
  const address = text.includes('@') || text.trim().startsWith('+');
  return text.trim() !== '' && text.length <= CHARACTERS_MAX && !address;
}
