// Addresses as SMPP writes them: digits, with what kind of number they are beside them.
import type { PduFields } from 'smpp';

/** Source: SMPP 3.4, sections 5.2.5 and 5.2.6. */
const TypeOfNumber = { UNKNOWN: 0, INTERNATIONAL: 1, NETWORK: 3, ALPHANUMERIC: 5 } as const;
const NumberingPlan = { UNKNOWN: 0, E164: 1 } as const;
const ALPHANUMERIC_MAX = 11;

interface Address {
  readonly ton: number;
  readonly npi: number;
  readonly digits: string;
}

const international = (number: string): Address => ({
  ton: TypeOfNumber.INTERNATIONAL,
  npi: NumberingPlan.E164,
  digits: number.slice(1),
});

/** A number in E.164, a short code, or a name of up to eleven characters; null for anything else. */
function senderOf(text: string): Address | null {
  const { UNKNOWN } = NumberingPlan;
  if (/^\+[1-9]\d{6,14}$/.test(text)) return international(text);
  if (/^\d{3,8}$/.test(text)) return { ton: TypeOfNumber.NETWORK, npi: UNKNOWN, digits: text };
  if (!/^[ -~]+$/.test(text) || text.length > ALPHANUMERIC_MAX || !/[A-Za-z]/.test(text))
    return null;
  return { ton: TypeOfNumber.ALPHANUMERIC, npi: UNKNOWN, digits: text };
}

export const isSender = (text: string): boolean => senderOf(text) !== null;

export function senderFields(text: string): PduFields {
  const { ton, npi, digits } = senderOf(text) ?? international(text);
  return { source_addr_ton: ton, source_addr_npi: npi, source_addr: digits };
}

export function addressFields(e164: string): PduFields {
  const { ton, npi, digits } = international(e164);
  return { dest_addr_ton: ton, dest_addr_npi: npi, destination_addr: digits };
}

/** The E.164 of an address that came in, or as it came. Many SMSCs leave the kind of number open. */
export function e164Of(ton: number, digits: string): string {
  const open = ton === TypeOfNumber.UNKNOWN || ton === TypeOfNumber.INTERNATIONAL;
  return open && /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : digits;
}
