// How many parts an SMS takes: at the limits, and as another counter counts.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { sizeOfSms } from '../../../../../subgraphs/messages/domain/sms-size.ts';

describe('an SMS', () => {
  it.each([
    ['nothing', '', 'GSM_7', 1],
    ['160 letters', 'x'.repeat(160), 'GSM_7', 1],
    ['161 letters', 'x'.repeat(161), 'GSM_7', 2],
    ['306 letters', 'x'.repeat(306), 'GSM_7', 2],
    ['307 letters', 'x'.repeat(307), 'GSM_7', 3],
    ['80 that take an escape', '€'.repeat(80), 'GSM_7', 1],
    ['81 that take an escape', '€'.repeat(81), 'GSM_7', 2],
    ['an escape that a part has no room for', `${'x'.repeat(152)}€${'x'.repeat(152)}`, 'GSM_7', 3],
    ['70 of another alphabet', 'ж'.repeat(70), 'UCS_2', 1],
    ['71 of another alphabet', 'ж'.repeat(71), 'UCS_2', 2],
    ['35 beyond the basic plane', '😀'.repeat(35), 'UCS_2', 1],
    ['36 beyond the basic plane', '😀'.repeat(36), 'UCS_2', 2],
    ['one that a part has no room for', `${'ж'.repeat(66)}😀${'ж'.repeat(66)}`, 'UCS_2', 3],
  ])('of %s', (_, text, encoding, segments) => {
    expect(sizeOfSms(text)).toMatchObject({ encoding, segments });
  });

  it('names the characters outside the GSM alphabet, each once', () => {
    expect(sizeOfSms('“a” – “b” ç € é').unicodeCharacters).toEqual(['“', '”', '–', 'ç']);
  });

  it('is counted as an independent counter counts it', () => {
    // Without what combines: the other one keeps a letter and its accent in one part, and networks do not.
    const unit = fc.constantFrom(...Array.from('aZ0 @_Δß€^{}[~]|\\\n\fçжﬁ“😀中'));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 700 }), (text) => {
        const theirs = new SegmentedMessage(text);
        const { encoding, segments, unicodeCharacters } = sizeOfSms(text);
        expect(segments).toBe(Math.max(1, theirs.segmentsCount));
        expect(encoding).toBe(theirs.encodingName === 'GSM-7' ? 'GSM_7' : 'UCS_2');
        expect(unicodeCharacters).toEqual([...new Set(theirs.getNonGsmCharacters())]);
      }),
    );
  });

  it('has every character of the GSM alphabet that the other counter has', () => {
    const plane = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code));
    const gsm = plane.filter((one) => sizeOfSms(one).encoding === 'GSM_7');
    const theirs = plane.filter((one) => new SegmentedMessage(one).encodingName === 'GSM-7');
    expect(gsm).toEqual(theirs);
  });
});
