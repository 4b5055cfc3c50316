// The project keeps to its own rules of shape: who imports whom, what a file may hold, how it is named.
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from './support/source-text.ts';
import { untidiness } from './support/tidy-rules.ts';

/** Compiled to dist/test, so the project is two levels up. */
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const NOT_OURS = /^(\..*|node_modules|dist|coverage)$/;

function filesBelow(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { withFileTypes: true })
    .filter(({ name }) => folder !== '' || !NOT_OURS.test(name))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

test('the project is tidy', () => {
  const files = filesBelow('').map((path) => {
    const text = path.endsWith('.ts') ? readFileSync(join(PROJECT, path), 'utf8') : '';
    return { path, text };
  });
  expect(files.filter(({ path }) => path.endsWith('.ts')).length).toBeGreaterThan(20);
  expect(untidiness(files)).toEqual([]);
});

const file = (path: string, ...lines: string[]): SourceFile => ({
  path,
  text: ['// What this file holds.', ...lines, ''].join('\n'),
});

const told = (path: string, ...lines: string[]): string[] => untidiness([file(path, ...lines)]);

describe('an import that the architecture does not draw is refused', () => {
  const forbidden: [from: string, to: string][] = [
    ['subgraphs/messages/accept-message.ts', 'subgraphs/consent/gate.ts'],
    ['subgraphs/messages/accept-message.ts', 'subgraphs/messages/index.ts'],
    ['subgraphs/messages/accept-message.ts', 'subgraphs/messages/graphql/message.type.ts'],
    ['subgraphs/messages/accept-message.ts', 'providers/twilio/send.ts'],
    ['subgraphs/messages/accept-message.ts', 'gateway/limits.ts'],
    ['subgraphs/messages/domain/content.ts', 'subgraphs/messages/store/find-messages.ts'],
    ['subgraphs/messages/domain/content.ts', 'platform/database.ts'],
    ['subgraphs/messages/domain/content.ts', 'schema/scalars.ts'],
    ['subgraphs/messages/store/find-messages.ts', 'subgraphs/messages/ports.ts'],
    ['subgraphs/messages/store/find-messages.ts', 'platform/bus.ts'],
    ['subgraphs/messages/graphql/message.resolver.ts', 'crypto/jwe.ts'],
    ['subgraphs/messages/http/secure-link.ts', 'subgraphs/messages/store/find-messages.ts'],
    ['gateway/index.ts', 'subgraphs/messages/index.ts'],
    ['gateway/index.ts', 'wiring.ts'],
    ['providers/twilio/send.ts', 'providers/smtp/send.ts'],
    ['providers/twilio/send.ts', 'providers/index.ts'],
    ['providers/provider.ts', 'providers/twilio/index.ts'],
    ['platform/bus.ts', 'providers/provider.ts'],
    ['platform/bus.ts', 'schema/vocabulary.ts'],
    ['crypto/aead.ts', 'platform/assert.ts'],
    ['schema/ids.ts', 'crypto/mac.ts'],
    ['schema/vocabulary.ts', 'schema/ids.ts'],
    ['simulator/index.ts', 'schema/ids.ts'],
    ['bench/index.ts', 'wiring.ts'],
    ['demo/index.ts', 'platform/config.ts'],
    ['platform/bus.ts', 'test/support/database.ts'],
    ['wiring.ts', 'main.ts'],
  ];
  test.each(forbidden)('%s may not import %s', (from, to) => {
    const path = `${'../'.repeat(from.split('/').length - 1) || './'}${to}`;
    const sentences = [`${from} may not import ${to}`];
    expect(told(from, `import { thing } from '${path}';`)).toEqual(sentences);
    expect(told(from, 'import type {', '  Thing,', `} from '${path}';`)).toEqual(sentences);
    expect(told(from, `export * from '${path}';`)).toEqual(sentences);
    expect(told(from, `const load = () => import('${path}');`)).toEqual(sentences);
  });

  test('a store takes types from its rules, and no more', () => {
    const store = 'subgraphs/messages/store/message.table.ts';
    const rule = 'subgraphs/messages/domain/content.ts';
    expect(told(store, `import type { Content } from '../domain/content.ts';`)).toEqual([]);
    expect(told(store, `import { parse } from '../domain/content.ts';`)).toEqual([
      `${store} may not import more than types from ${rule}`,
    ]);
  });

  test('a rule and the vocabulary import no package', () => {
    const rule = 'subgraphs/messages/domain/content.ts';
    expect(told(rule, `import { randomUUID } from 'node:crypto';`)).toEqual([
      `${rule} may not import the package node:crypto`,
    ]);
    expect(told('schema/vocabulary.ts', `import 'graphql';`)).toEqual([
      'schema/vocabulary.ts may not import the package graphql',
    ]);
  });

  test('an import without the extension .ts is refused, since it would escape the table', () => {
    expect(told('crypto/aead.ts', `import { mac } from './mac.js';`)).toEqual([
      'crypto/aead.ts imports crypto/mac.js without the extension .ts',
    ]);
  });

  test('a circle is found, also when it consists of type imports', () => {
    const circle = [
      file('crypto/a.ts', `import type { B } from './b.ts';`),
      file('crypto/b.ts', `import type { C } from './c.ts';`),
      file('crypto/c.ts', `import { a } from './a.ts';`),
      file('crypto/d.ts', `import { a } from './a.ts';`),
    ];
    expect(untidiness(circle)).toEqual([
      'crypto/a.ts -> crypto/b.ts -> crypto/c.ts -> crypto/a.ts is a circle',
    ]);
  });

  test('what the architecture draws is allowed', () => {
    const drawn = [
      file('main.ts', `import { wire } from './wiring.ts';`),
      file('wiring.ts', `import { part } from './subgraphs/messages/index.ts';`, `import 'pg';`),
      file(
        'subgraphs/messages/index.ts',
        `import { Resolver } from './graphql/message.resolver.ts';`,
        `import type { Provider } from '../../providers/provider.ts';`,
      ),
      file(
        'subgraphs/messages/graphql/message.resolver.ts',
        `import { accept } from '../accept-message.ts';`,
        `import { find } from '../store/find-messages.ts';`,
      ),
      file(
        'subgraphs/messages/accept-message.ts',
        `import { find } from './store/find-messages.ts';`,
        `import { rule } from './domain/content.ts';`,
        `import { seal } from '../../crypto/jwe.ts';`,
      ),
      file(
        'subgraphs/messages/domain/content.ts',
        `import { Channel } from '../../../schema/vocabulary.ts';`,
        `import { assert } from '../../../platform/assert.ts';`,
      ),
    ];
    expect(untidiness(drawn)).toEqual([]);
  });
});

describe('a word in the wrong place is found', () => {
  const rule = 'subgraphs/consent/domain/quiet-hours.ts';
  const planted: [path: string, line: string, sentence: string][] = [
    ['platform/bus.ts', 'const url = process.env.URL;', 'reads process.env'],
    ['platform/bus.ts', 'const url = process.env["URL"];', 'reads process.env'],
    ['platform/bus.ts', 'const url = `http://${process.env.HOST}/`;', 'reads process.env'],
    ['platform/bus.ts', 'const { env } = process;', 'reads process.env'],
    ['demo/index.ts', `console.log('hello');`, 'uses console'],
    ['demo/index.ts', `const url = 'http://x'; console.log(url);`, 'uses console'],
    ['demo/index.ts', `const quoted = /["']/.test(a) && console.log("it's");`, 'uses console'],
    [rule, 'const now = Date.now();', 'waits, tells the time or throws dice'],
    [rule, 'const now = new Date();', 'waits, tells the time or throws dice'],
    [rule, 'const dice = Math.random();', 'waits, tells the time or throws dice'],
    [rule, 'const id = crypto.randomUUID();', 'waits, tells the time or throws dice'],
    [rule, 'const answer = await ask();', 'waits, tells the time or throws dice'],
    ['platform/bus.ts', 'const recipientIds = [];', 'speaks of messaging in the machinery'],
    ['platform/bus.ts', '// Tells who has given consent.', 'speaks of messaging in the machinery'],
    ['platform/bus.ts', 'const limit = SMS_PER_SECOND;', 'speaks of messaging in the machinery'],
    ['platform/bus.ts', 'const { messageId } = row;', 'speaks of messaging in the machinery'],
    ['platform/bus.ts', '// TODO: wake up.', 'leaves work behind'],
    ['test/unit/a.test.ts', `test.only('a', () => {});`, 'switches tests off'],
    ['test/unit/a.test.ts', `describe.skip('a', () => {});`, 'switches tests off'],
    ['platform/bus.ts', 'export default bus;', 'has a default export'],
    ['platform/event-log.ts', 'sql`select from messages.message`;', 'names the PostgreSQL schema'],
    [
      'subgraphs/delivery/facts.ts',
      `query('update "messages"."message" set sent = true');`,
      'names the PostgreSQL schema messages',
    ],
    [
      'subgraphs/delivery/store/migrations/0001-init.ts',
      `const sql = 'create schema if not exists messages';`,
      'names the PostgreSQL schema messages',
    ],
    [
      'subgraphs/delivery/store/receipt.table.ts',
      `define({ schema: 'messages' });`,
      'names the PostgreSQL schema messages',
    ],
  ];
  test.each(planted)('%s: %s', (path, line, sentence) => {
    expect(told(path, '', line)).toEqual([expect.stringContaining(`${path}:3 ${sentence}`)]);
  });

  test('the environment cannot be imported either', () => {
    expect(told('platform/bus.ts', `import { env } from 'node:process';`)).toEqual([
      'platform/bus.ts imports process, which hides where the environment is read',
    ]);
  });

  const fine: [path: string, line: string][] = [
    ['platform/config.ts', 'const url = process.env.URL;'],
    ['test/support/cluster.ts', 'const url = process.env.URL;'],
    ['platform/bus.ts', '// Never reads process.env and never calls console.log.'],
    ['platform/bus.ts', `throw new Error('process.env is closed');`],
    ['platform/bus.ts', `client.query('listen parley'); // A NOTIFY channel.`],
    ['platform/bus.ts', 'return error.message ?? IncomingMessage.length / mechanisms / arcs;'],
    ['platform/log.ts', `console.error('no log');`],
    [rule, 'const later = new Date(now + quietMs);'],
    ['platform/bus.ts', `log.info('messages.accept is ready');`],
    ['subgraphs/delivery/facts.ts', `query('select id from delivery.receipt');`],
    ['test/integration/a.test.ts', `query('select id from delivery.receipt');`],
    ['test/support/global-setup.ts', 'export default start;'],
  ];
  test.each(fine)('%s may say: %s', (path, line) => {
    expect(told(path, line)).toEqual([]);
  });
});

describe('a file in a bad shape is found', () => {
  test('without a sentence about itself in the first line', () => {
    for (const text of ['', `import 'x';\n`, '// no full stop\n', '\n// Late.\n', '//\n']) {
      expect(untidiness([{ path: 'crypto/aead.ts', text }])).toEqual([
        'crypto/aead.ts does not begin with a sentence about itself',
      ]);
    }
  });

  test('with more than 300 lines', () => {
    const lines = (count: number) => Array.from({ length: count - 1 }, () => 'f();');
    expect(told('crypto/aead.ts', ...lines(300))).toEqual([]);
    expect(told('crypto/aead.ts', ...lines(301))).toEqual([
      'crypto/aead.ts has 301 lines, more than 300',
    ]);
  });

  test('with a name that says nothing, or in a place that nobody planned', () => {
    expect(told('crypto/lock-manager.ts')).toEqual([
      'crypto/lock-manager.ts is named "manager", which says nothing',
    ]);
    expect(told('test/helpers/a.ts')).toEqual([
      'test/helpers/a.ts is named "helpers", which says nothing',
    ]);
    expect(told('lib/a.ts')).toContain('lib/a.ts has no place at the top level');
    expect(told('server.ts')).toContain('server.ts has no place at the top level');
    expect(told('subgraphs/messages/other/a.ts')).toEqual([
      'subgraphs/messages/other/a.ts is in no row of the table of imports',
    ]);
    expect(told('crypto/base64url.ts')).toEqual([]);
    expect(untidiness([{ path: 'misc/notes.md', text: '' }])).toHaveLength(2);
  });
});
