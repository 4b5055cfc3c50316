// Public ids: a type prefix and a UUIDv7 in TypeID's base 32. Made, parsed, or refused; never guessed.

/** The prefix of each kind of id. The part after it is opaque to clients. */
export const IdPrefix = {
  recipient: 'rcp',
  address: 'adr',
  device: 'dev',
  consent: 'cns',
  suppression: 'sup',
  crmTarget: 'crm',
  template: 'tpl',
  message: 'msg',
  campaign: 'cpn',
  attempt: 'att',
  followUp: 'fup',
  receipt: 'rct',
  event: 'evt',
  callback: 'cbk',
  conversation: 'cnv',
  conversationEntry: 'cve',
} as const;
export type IdKind = keyof typeof IdPrefix;

/** Makes a fresh UUIDv7 in its canonical text form. Passed in, so that tests are deterministic. */
export type NewUuid = () => string;

// Crockford's alphabet in lower case, without i, l, o and u (TypeID specification 0.3).
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const SUFFIX = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a UUID as the database writes it. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** The public id of a row: `msg_01h455vb4pex5vsknk084sn02q` for a UUID. */
export function publicId(kind: IdKind, uuid: string): string {
  if (!isUuid(uuid)) throw new TypeError('a public id is made from a lower-case UUID');
  // 128 bits as 26 letters of 5: two zeros stand before them. Not by BigInt, which is ten times slower on a hot path.
  let suffix = '';
  let [bits, count] = [0, 2];
  for (const byte of Buffer.from(uuid.replaceAll('-', ''), 'hex')) {
    bits = (bits << 8) | byte;
    count += 8;
    while (count >= 5) {
      count -= 5;
      suffix += ALPHABET.charAt((bits >> count) & 31);
    }
    bits &= (1 << count) - 1;
  }
  return `${IdPrefix[kind]}_${suffix}`;
}

/** The UUID behind a public id of this kind, or null when the text is not one. */
export function uuidOf(kind: IdKind, id: string): string | null {
  const [prefix, suffix] = id.split('_', 2);
  if (prefix !== IdPrefix[kind] || suffix === undefined || id.length !== 30) return null;
  if (!SUFFIX.test(suffix)) return null;
  let bits = 0n;
  for (const letter of suffix) bits = (bits << 5n) | BigInt(ALPHABET.indexOf(letter));
  const hex = bits.toString(16).padStart(32, '0');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
