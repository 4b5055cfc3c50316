// Matching rows of an import to people: agreeing identifiers, contradicting ones, and two rows for one person.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchRows, type Identifier } from '../../../../../subgraphs/recipients/domain/import.ts';

const row = (...names: string[]): Identifier[] => names.map((name) => ({ name, path: [name] }));

test('a row means the person whom any of its identifiers names', () => {
  const owners = new Map([['phone-a', 'ada']]);
  expect(matchRows([row('id-a', 'phone-a'), row('id-b')], owners)).toEqual([
    { kind: 'known', recipientId: 'ada' },
    { kind: 'new' },
  ]);
});

test('identifiers of two people in one row contradict each other', () => {
  const owners = new Map([
    ['id-a', 'ada'],
    ['phone-b', 'bob'],
  ]);
  const [match] = matchRows([row('id-a', 'phone-b')], owners);
  expect(match).toMatchObject({ kind: 'torn', finding: { path: ['phone-b'] } });
});

test('the second row for a person is refused, by whatever it names them', () => {
  const owners = new Map([
    ['id-a', 'ada'],
    ['phone-a', 'ada'],
  ]);
  const [first, second, third, fourth] = matchRows(
    [row('id-a'), row('phone-a'), row('new'), row('new', 'other')],
    owners,
  );
  expect(first).toMatchObject({ kind: 'known' });
  expect(second).toMatchObject({ kind: 'repeated' });
  expect(third).toEqual({ kind: 'new' });
  expect(fourth).toMatchObject({ kind: 'repeated', finding: { path: ['new'] } });
});

test('whatever the rows are, no person is meant twice and no identifier is used twice', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const rows = fc.array(fc.option(fc.uniqueArray(name, { minLength: 1, maxLength: 3 })));
  const owners = fc.dictionary(name, fc.constantFrom('ada', 'bob'));
  fc.assert(
    fc.property(rows, owners, (given, owned) => {
      const ownerOf = new Map(Object.entries(owned));
      const matches = matchRows(
        given.map((names) => names && row(...names)),
        ownerOf,
      );
      expect(matches).toHaveLength(given.length);
      const used = matches.flatMap((match, index) =>
        match?.kind === 'new' || match?.kind === 'known' ? (given[index] ?? []) : [],
      );
      expect(new Set(used).size).toBe(used.length);
      const known = matches.flatMap((match) =>
        match?.kind === 'known' ? [match.recipientId] : [],
      );
      expect(new Set(known).size).toBe(known.length);
      matches.forEach((match, index) => {
        expect(match === null).toBe(given[index] === null);
        if (match?.kind !== 'known') return;
        for (const one of given[index] ?? []) {
          expect([undefined, match.recipientId]).toContain(ownerOf.get(one));
        }
      });
    }),
  );
});
