// The scan of what carriers received finds a value in every form in which a wire may carry it.
import { describe, expect, it } from '@jest/globals';
import { tracesOf } from '../faults/traces.ts';

const VALUE = 'CANARY7Q9X2K';
const wide = Buffer.from(VALUE, 'utf16le');

describe('a value is found', () => {
  it.each([
    ['plain', `{"text":"You paid ${VALUE}."}`],
    ['base64', Buffer.from(`You paid ${VALUE}.`).toString('base64')],
    ['base64', Buffer.from(`.You paid ${VALUE}.`).toString('base64url')],
    [
      'base64',
      Buffer.from(`..You paid ${VALUE}.`)
        .toString('base64')
        .replace(/(.{20})/, '$1\r\n'),
    ],
    ['base64', `x${Buffer.from(`You paid ${VALUE}.`).toString('base64')}`],
    ['plain', `You paid ${VALUE.slice(0, 4)}=\r\n${VALUE.slice(4)}.`],
    [
      'quoted-printable',
      VALUE.split('')
        .map((letter) => `=${letter.charCodeAt(0).toString(16)}`)
        .join(''),
    ],
    [
      'percent',
      VALUE.split('')
        .map((letter) => `%${letter.charCodeAt(0).toString(16)}`)
        .join(''),
    ],
    ['hex', Buffer.from(VALUE).toString('hex').toUpperCase()],
    ['UCS-2', wide.toString('latin1')],
    ['UCS-2', Buffer.from(wide).swap16().toString('latin1')],
    ['UCS-2 in hex', Buffer.from(wide).swap16().toString('hex')],
  ])('as %s: %#', (form, text) => {
    expect(tracesOf(VALUE, text)).toContain(form);
  });

  it('and nowhere else', () => {
    const other = VALUE.replace('7', '8');
    const text = [other, Buffer.from(other).toString('base64'), Buffer.from(other).toString('hex')];
    expect(tracesOf(VALUE, text.join('\n'))).toEqual([]);
  });
});
