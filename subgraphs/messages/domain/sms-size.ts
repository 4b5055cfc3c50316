// How a text travels as SMS: its alphabet, its parts, and the characters that cost it the roomier alphabet.
import type { SmsEncoding } from '../../../schema/vocabulary-templates.ts';

export interface SmsSize {
  readonly encoding: SmsEncoding;
  readonly segments: number;
  /** Those outside the GSM alphabet, each once, in their order. */
  readonly unicodeCharacters: readonly string[];
}

/** One septet each. Source: 3GPP TS 23.038, 6.2.1. */
const GSM_ALPHABET = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
    '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** An escape and a septet each. Source: 3GPP TS 23.038, 6.2.1.1. */
const GSM_EXTENSION = new Set('\f^{}\\[~]|€');

/** Septets or 16-bit units that one message holds, and that a part of a longer one holds beside its header.
 *  Source: 3GPP TS 23.040, 9.2.3.24.1. */
const capacity = {
  GSM_7: { whole: 160, part: 153 },
  UCS_2: { whole: 70, part: 67 },
} as const;

export function sizeOfSms(text: string): SmsSize {
  const characters = Array.from(text);
  const foreign = characters.filter((one) => !GSM_ALPHABET.has(one) && !GSM_EXTENSION.has(one));
  const encoding = foreign.length === 0 ? 'GSM_7' : 'UCS_2';
  const units = characters.map((one) =>
    encoding === 'UCS_2' ? one.length : GSM_EXTENSION.has(one) ? 2 : 1,
  );
  return {
    encoding,
    segments: segmentsOf(units, capacity[encoding]),
    unicodeCharacters: [...new Set(foreign)],
  };
}

/** No character is cut in two: what does not fit any more begins the next part. */
function segmentsOf(
  units: readonly number[],
  { whole, part }: { readonly whole: number; readonly part: number },
): number {
  const total = units.reduce((sum, size) => sum + size, 0);
  if (total <= whole) return 1;
  let segments = 1;
  let filled = 0;
  for (const size of units) {
    if (filled + size > part) {
      segments += 1;
      filled = 0;
    }
    filled += size;
  }
  return segments;
}
