// The demo against a running platform: it tells the story to its end, and says in one sentence why it cannot.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../../platform/free-port.ts';
import { startParley, type Parley } from '../support/parley.ts';

const program = new URL('../../demo/index.js', import.meta.url).pathname;
const run = (directory: string) => promisify(execFile)(process.execPath, [program, directory]);

describe('the demo', () => {
  let parley: Parley;
  let directories: string[] = [];

  /** Leaves word of a platform, as `npm start` does; the directory. */
  const leaveWord = async (given: { url?: string; scopes?: string[] } = {}): Promise<string> => {
    const directory = await mkdtemp(join(tmpdir(), 'parley-demo-'));
    directories = [...directories, directory];
    const { url = parley.url, scopes } = given;
    const tokenFile = join(directory, 'development-token');
    await writeFile(tokenFile, await parley.token({ tenant: 'demo', ...(scopes && { scopes }) }));
    const carriersUrl = `http://127.0.0.1:${parley.carrier.ports.control}`;
    const endpoints = { url, tokenFile, carriersUrl };
    await writeFile(join(directory, 'endpoints.json'), JSON.stringify(endpoints));
    return directory;
  };

  beforeAll(async () => {
    parley = await startParley('together');
  }, 60_000);

  afterAll(async () => {
    await parley.stop();
    for (const directory of directories) await rm(directory, { recursive: true });
  }, 30_000);

  it('tells the story to its end, and again beside itself', async () => {
    const directory = await leaveWord();
    const first = run(directory);
    // By the second chapter the template is approved.
    const secondChapter = new Promise<void>((resolve) => {
      first.child.stdout?.on('data', (text) => String(text).includes('2. Ben') && resolve());
    });
    await Promise.race([secondChapter, first]);
    const [{ stdout }, again] = await Promise.all([first, run(directory)]);

    // Sealed to Maya's phone.
    expect(stdout).toMatch(/1 {2}RCS ENVELOPE +50 {2}Encrypted to the recipient’s device keys/);
    // On a slow machine a receipt may overtake the record of what it is about.
    for (const status of ['ACCEPTED', 'SENT', 'DELIVERED', 'READ']) {
      expect(stdout).toMatch(new RegExp(`${status} +maya-`));
    }
    expect(stdout).toContain('| Demo Bank has a secure message for you.');
    expect(stdout).toContain('| You paid $12.50 to Corner Books with card 4242424242424242.');
    expect(stdout).toMatch(/of \d+ requests to carriers about her number, 0 hold/);
    // Masked for Ben, who has no RCS.
    expect(stdout).toMatch(/- {2}RCS .*The device does not support the channel\./);
    expect(stdout).toContain('| SMS: Payment of $12.50 with card ****4242 processed.');
    // Taken back from Ida's silent phone.
    expect(stdout).toMatch(
      /REVOKED +ida-.*\n.*SENT +ida-.*SMS.*No receipt came in the route’s window/,
    );
    // Refused for Omar.
    expect(stdout).toContain('ConsentRefused, CONSENT_REFUSED');
    expect(stdout).toMatch(/- {2}SMS .*The consent was withdrawn\./);
    expect(stdout).toContain('messages written for him: 0; shown on his phone: 0');
    // Repeated.
    const [, messageId] = /answered in \d+ ms with (msg_\w+)/.exec(stdout) ?? [];
    expect(stdout).toContain(`${messageId}, replayed: true`);
    expect(stdout).toContain('IDEMPOTENCY_KEY_REUSED');
    expect(stdout.trimEnd().endsWith('The story went as told.')).toBe(true);
    expect(stdout).toContain('version 1: created, submitted, approved');
    expect(again.stdout).toContain('approved earlier');
    expect(again.stdout).toContain('The story went as told.');
    // Fit for any terminal, and plain where there is none.
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(stdout).not.toContain('\u001b');
  }, 60_000);

  it.each([
    [
      'where nothing was ever started',
      async () => join(await leaveWord(), 'elsewhere'),
      'npm start',
    ],
    [
      'where the platform is gone',
      async () => leaveWord({ url: `http://127.0.0.1:${await findFreePort()}` }),
      'Start the platform again: npm start',
    ],
    ['where the token may do nothing', () => leaveWord({ scopes: [] }), 'Parley answered: '],
  ])('ends with one sentence %s', async (_where, given, sentence) => {
    await expect(run(await given())).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining(sentence),
      stderr: '',
    });
  });
});
