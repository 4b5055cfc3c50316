// Public ids: made from UUIDs, parsed back, and refused when they are of another kind or none.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { IdPrefix, publicId, uuidOf, type IdKind } from '../../../schema/ids.ts';

const kinds = Object.keys(IdPrefix) as IdKind[];
const kind = fc.constantFrom(...kinds);

describe('a public id', () => {
  it.each([
    // From the TypeID specification 0.3, valid.yml.
    ['00000000-0000-0000-0000-000000000000', '00000000000000000000000000'],
    ['00000000-0000-0000-0000-00000000000a', '0000000000000000000000000a'],
    ['00000000-0000-0000-0000-000000000020', '00000000000000000000000010'],
    ['ffffffff-ffff-ffff-ffff-ffffffffffff', '7zzzzzzzzzzzzzzzzzzzzzzzzz'],
    ['01890a5d-ac96-774b-bcce-b302099a8057', '01h455vb4pex5vsknk084sn02q'],
  ])('of %s ends in %s', (uuid, suffix) => {
    expect(publicId('message', uuid)).toBe(`msg_${suffix}`);
    expect(uuidOf('message', `msg_${suffix}`)).toBe(uuid);
  });

  it('leads back to its UUID, under its own kind alone', () => {
    fc.assert(
      fc.property(kind, kind, fc.uuid(), (own, other, uuid) => {
        const id = publicId(own, uuid);
        expect(uuidOf(own, id)).toBe(uuid);
        if (other !== own) expect(uuidOf(other, id)).toBeNull();
      }),
    );
  });

  it('sorts as its UUID does', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (a, b) => {
        expect(publicId('event', a) < publicId('event', b)).toBe(a < b);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['a bare UUID', '01890a5d-ac96-774b-bcce-b302099a8057'],
    ['upper case', 'msg_01H455VB4PEX5VSKNK084SN02Q'],
    ['a letter that base 32 leaves out', 'msg_01h455vb4pex5vsknk084sn02u'],
    ['more than 128 bits', 'msg_8zzzzzzzzzzzzzzzzzzzzzzzzz'],
    ['one character too few', 'msg_01h455vb4pex5vsknk084sn02'],
    ['one character too many', 'msg_01h455vb4pex5vsknk084sn02qq'],
    ['a second separator', 'msg_01h455vb4pex5vsknk084sn_2q'],
    ['a prefix alone', 'msg_'],
    ['a line break at the end', 'msg_01h455vb4pex5vsknk084sn02q\n'],
  ])('is not read from %s', (_, id) => {
    expect(uuidOf('message', id)).toBeNull();
  });

  it('is never read from a text that it would not print', () => {
    const likely = fc.stringMatching(/^(msg|rcp)_[0-8][0-9a-z]{25}$/);
    fc.assert(
      fc.property(likely, (text) => {
        const uuid = uuidOf('message', text);
        expect(uuid === null ? text : publicId('message', uuid)).toBe(text);
      }),
    );
  });

  it('is not made from what is no lower-case UUID', () => {
    expect(() => publicId('message', '01890A5D-AC96-774B-BCCE-B302099A8057')).toThrow(TypeError);
    expect(() => publicId('message', 'x')).toThrow(TypeError);
  });

  it('has a prefix of three letters that no other kind has', () => {
    const prefixes = Object.values(IdPrefix);
    expect(new Set(prefixes).size).toBe(kinds.length);
    for (const prefix of prefixes) expect(prefix).toMatch(/^[a-z]{3}$/);
  });
});
