// Turns a text into the parts that SMS carries: the GSM alphabet where it suffices, UCS-2 where not.
import { SegmentedMessage } from 'sms-segments-calculator';

/** SMSCs read 0 as the GSM alphabet, one septet in each octet, and 8 as UCS-2. Source: SMPP 3.4, section 5.2.19. */
const DataCoding = { GSM: 0, UCS2: 8 } as const;

export interface Part {
  readonly dataCoding: (typeof DataCoding)[keyof typeof DataCoding];
  /** Whether the bytes begin with a header that says which part of which message this is. */
  readonly concatenated: boolean;
  readonly bytes: Buffer;
}

/** Of any text: as many as other SMS providers take. Finding the parts takes time by the square of the length. */
export const CHARACTERS_MAX = 1_600;

/** One part of 160 or 70 characters, or many of 153 or 67. `reference`: one octet that all parts of a message share.
 *  Source of the header: 3GPP TS 23.040, section 9.2.3.24.1. */
export function partsOf(text: string, reference: number): readonly Part[] {
  const segmented = new SegmentedMessage(text);
  const gsm = segmented.encodingName === 'GSM-7';
  // The calculator's segments also hold their header's octets, which have no code units.
  const units = segmented.segments.map((segment) =>
    (segment as readonly { codeUnits?: readonly number[] }[]).flatMap(
      ({ codeUnits = [] }) => codeUnits,
    ),
  );
  const concatenated = units.length > 1;
  return units.map((ofPart, index) => {
    const payload = gsm ? Buffer.from(ofPart) : utf16(ofPart);
    const header = Buffer.from([5, 0, 3, reference, units.length, index + 1]);
    return {
      dataCoding: gsm ? DataCoding.GSM : DataCoding.UCS2,
      concatenated,
      bytes: concatenated ? Buffer.concat([header, payload]) : payload,
    };
  });
}

function utf16(units: readonly number[]): Buffer {
  const bytes = Buffer.alloc(units.length * 2);
  units.forEach((unit, index) => bytes.writeUInt16BE(unit, index * 2));
  return bytes;
}
