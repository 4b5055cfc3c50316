// What people write down about what they did, such as why they looked at personal data: kept in clear text.
const CHARACTERS_MAX = 200;

/** A phone number in its international form has its plus, wherever it stands; an email address has its sign. */
const ADDRESS = /@|\+\s*\d/;

export const REASON_EXPECTED = `A reason has 1 to ${CHARACTERS_MAX} characters, and holds no address.`;

export function isReason(text: string): boolean {
  return text.trim() !== '' && text.length <= CHARACTERS_MAX && mayBeKept(text);
}

/** Addresses are never stored in clear text; and PostgreSQL takes no NUL, and replaces half of a surrogate pair. */
export function mayBeKept(text: string): boolean {
  return !ADDRESS.test(text) && text.isWellFormed() && !text.includes('\0');
}
