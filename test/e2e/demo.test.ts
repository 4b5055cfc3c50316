// The demo against a running platform: it tells the story to its end, and every line of it is true.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startParley, type Parley } from '../support/parley.ts';

const run = promisify(execFile);
const demo = new URL('../../demo/index.js', import.meta.url).pathname;

describe('the demo', () => {
  let parley: Parley;
  let directory: string;

  beforeAll(async () => {
    parley = await startParley('together');
    directory = await mkdtemp(join(tmpdir(), 'parley-demo-'));
    const tokenFile = join(directory, 'token');
    await writeFile(tokenFile, await parley.token({ tenant: 'demo' }));
    const carriersUrl = `http://127.0.0.1:${parley.carrier.ports.control}`;
    const endpoints = { url: parley.url, tokenFile, carriersUrl };
    await writeFile(join(directory, 'endpoints.json'), JSON.stringify(endpoints));
  }, 60_000);

  afterAll(async () => {
    await parley.stop();
    await rm(directory, { recursive: true });
  }, 30_000);

  it('shows sealing, masking, falling back, refusing and replaying', async () => {
    const { stdout } = await run(process.execPath, [demo, directory]);
    expect(stdout).toContain('| Demo Bank has a secure message for you.');
    expect(stdout).toContain('| You paid $12.50 to Corner Books with card 4242424242424242.');
    expect(stdout).toMatch(/READ +maya-/);
    expect(stdout).toContain('| SMS: Payment of $12.50 with card ****4242 processed.');
    expect(stdout).toMatch(/REVOKED +ida-.*\n.*SENT +ida-.*NO_RECEIPT_IN_WINDOW/);
    expect(stdout).toContain('ConsentRefused: ');
    expect(stdout).toContain('CONSENT_WITHDRAWN');
    expect(stdout).toContain('replayed: true');
    expect(stdout).toContain('IDEMPOTENCY_KEY_REUSED');
  }, 60_000);

  it('says what to do where nothing runs', async () => {
    const failed = run(process.execPath, [demo, join(directory, 'elsewhere')]);
    await expect(failed).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('npm start'),
    });
  });
});
