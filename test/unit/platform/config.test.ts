// Options: read once, checked all together, and nothing secret in what is printed.
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import {
  bytes,
  choice,
  ConfigurationError,
  integer,
  list,
  milliseconds,
  readConfig,
  seconds,
  Secret,
  secret,
  text,
  url,
} from '../../../platform/config.ts';

const bounds = { min: 1, max: 100 };
const group = {
  count: integer('COUNT', 7, bounds, 'How many.'),
  wait: seconds('WAIT_SECONDS', 8, bounds, 'How long.'),
  pause: milliseconds('PAUSE_MS', 9, bounds, 'How long.'),
  size: bytes('SIZE_BYTES', 10, bounds, 'How large.'),
  name: text('NAME', 'parley', 'What it is called.'),
  key: secret('KEY', 'What opens it.'),
  address: url('ADDRESS', 'Where it is.'),
  mode: choice('MODE', ['slow', 'fast'], 'slow', 'How.'),
  roles: list('ROLES', ['one', 'two', 'three'], ['one'], 'Which.'),
};
const read = (env: Record<string, string>) => readConfig({ group }, env).group;

describe('the configuration', () => {
  it('has every default where nothing is set, or set to nothing', () => {
    const defaults = {
      count: 7,
      wait: 8,
      pause: 9,
      size: 10,
      name: 'parley',
      key: null,
      address: null,
      mode: 'slow',
      roles: ['one'],
    };
    expect(read({})).toEqual(defaults);
    expect(read({ COUNT: '', KEY: '', ROLES: '' })).toEqual(defaults);
  });

  it('reads what is set', () => {
    const values = read({
      COUNT: '42',
      NAME: 'other',
      ADDRESS: 'https://parley.example/base//',
      MODE: 'fast',
      ROLES: 'two, three',
    });
    expect(values).toMatchObject({
      count: 42,
      name: 'other',
      address: 'https://parley.example/base',
      mode: 'fast',
      roles: ['two', 'three'],
    });
  });

  it.each([
    ['COUNT', '0', 'from 1 to 100'],
    ['COUNT', '101', 'from 1 to 100'],
    ['COUNT', '1.5', 'whole number'],
    ['WAIT_SECONDS', 'soon', 'whole number'],
    ['ADDRESS', 'nowhere', 'must be a URL'],
    ['MODE', 'FAST', 'one of slow, fast'],
    ['ROLES', 'two,four,five', 'has no four, five; it takes one, two, three'],
  ])('refuses %s=%s', (variable, value, sentence) => {
    expect(() => read({ [variable]: value })).toThrow(ConfigurationError);
    expect(() => read({ [variable]: value })).toThrow(`${variable} `);
    expect(() => read({ [variable]: value })).toThrow(sentence);
  });

  it('names everything that is wrong at once, over all groups', () => {
    const other = { level: integer('LEVEL', 1, bounds, 'How high.') };
    const env = { COUNT: 'x', MODE: 'x', LEVEL: 'x' };
    expect(() => readConfig({ group, other }, env)).toThrow(/COUNT .*; MODE .*; LEVEL .*\.$/);
  });

  it('cannot be changed afterwards', () => {
    const config = readConfig({ group }, {});
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.group)).toBe(true);
  });
});

describe('a secret', () => {
  const { key } = read({ KEY: 'open sesame' });

  it('is revealed where it is asked for', () => {
    expect(key?.reveal()).toBe('open sesame');
  });

  it('shows itself in no text, JSON or inspection', () => {
    expect(key).toBeInstanceOf(Secret);
    for (const shown of [`${key?.toString()}`, JSON.stringify({ key }), inspect({ key })]) {
      expect(shown).not.toContain('sesame');
    }
    expect(JSON.stringify({ key })).toBe('{"key":"***"}');
  });
});
