// What the email provider promises of reports: only to addresses of its own, and kept before they are acknowledged.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { bounceAddress, bounceKey } from '../../providers/smtp/bounce-address.ts';
import { REPORT_BYTES_MAX } from '../../providers/smtp/listen.ts';
import type { Provider, RawCallback } from '../../providers/provider.ts';
import { closedUrl } from '../support/answering-server.ts';
import { ATTEMPT, configured, smtpSettings } from '../support/provider-fixtures.ts';

const REPORT = readFileSync('test/samples/email/postfix-unknown.eml');
const DOMAIN = 'bounces.acme.example';
const addressBy = (secret: string): string =>
  bounceAddress(ATTEMPT, { domain: DOMAIN, keys: [bounceKey(secret)] });
const GENUINE = addressBy('present-secret-of-bounces');

let port: number;
let provider: Provider;
let taken: RawCallback[];
let keep: () => Promise<void>;
let stop: () => Promise<void>;

beforeEach(async () => {
  port = Number(new URL(await closedUrl()).port);
  provider = configured({ ...smtpSettings(1), SMTP_BOUNCE_PORT: String(port) });
  taken = [];
  keep = () => Promise.resolve();
  const listening = provider.listen?.({
    take: async (callback) => {
      await keep();
      taken.push(callback);
    },
    interrupted: (reason) => {
      throw new Error(reason);
    },
  });
  if (listening === undefined) throw new Error('nothing listens');
  stop = listening;
});
afterEach(async () => {
  await stop();
  await provider.close();
});

/** As a mail server does it; the reply's code. */
async function deliver(to: string | string[], raw: Buffer | string = REPORT): Promise<number> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  const sent = transport.sendMail({ envelope: { from: '', to }, raw });
  return sent.then(
    () => 250,
    (error: { responseCode?: number }) => error.responseCode ?? 0,
  );
}

test('a report is handed in as it came, with the attempt that its address names', async () => {
  expect(await deliver(GENUINE)).toBe(250);
  const [callback] = taken;
  if (callback === undefined) throw new Error('nothing was handed in');
  expect(callback.body.toString().trim()).toBe(REPORT.toString().trim());
  expect(provider.verify(callback)).toEqual({ kind: 'genuine' });
  expect(provider.events(callback)).toMatchObject([
    { attemptId: ATTEMPT, type: 'FAILED', failureCode: 'INVALID_RECIPIENT' },
  ]);
});

test('a copy of a report that did not come by mail is forged', async () => {
  await deliver(GENUINE);
  const [callback] = taken;
  expect(provider.verify({ ...(callback as RawCallback) })).toMatchObject({ kind: 'forged' });
});

test('a report to an address of the old secret is taken during a rotation', async () => {
  expect(await deliver(addressBy('old-secret-of-bounces'))).toBe(250);
});

describe('refused is', () => {
  test.each([
    ['an address made with another secret', addressBy('a guessed secret of bounces')],
    ['an address without proof', `bounce+${ATTEMPT.replaceAll('-', '')}@${DOMAIN}`],
    ['an address of another domain', GENUINE.replace(DOMAIN, 'acme.example')],
    ['any other address', `postmaster@${DOMAIN}`],
  ])('%s', async (_, to) => {
    expect(await deliver(to)).toBe(550);
    expect(taken).toEqual([]);
  });

  test('a mail that is larger than any report', async () => {
    expect(await deliver(GENUINE, 'x'.repeat(REPORT_BYTES_MAX + 1))).toBe(552);
    expect(taken).toEqual([]);
  });

  test('what cannot be kept: it is to come again', async () => {
    keep = () => Promise.reject(new Error('the disk is full'));
    expect(await deliver(GENUINE)).toBe(451);
  });
});

test('a mail to two of our addresses is about the first one', async () => {
  const second = bounceAddress('0192b1c8-0000-7000-8000-000000000002', {
    domain: DOMAIN,
    keys: [bounceKey('present-secret-of-bounces')],
  });
  expect(await deliver([GENUINE, second])).toBe(250);
  expect(taken).toHaveLength(1);
});

test('the answer waits until the report is kept', async () => {
  const order: string[] = [];
  keep = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    order.push('kept');
  };
  await deliver(GENUINE).then(() => order.push('acknowledged'));
  expect(order).toEqual(['kept', 'acknowledged']);
});

test('a port that another program has is told of, and does not stop the provider', async () => {
  const other = configured({ ...smtpSettings(1), SMTP_BOUNCE_PORT: String(port) });
  await deliver(GENUINE);
  const reason = await new Promise<string>((resolve) => {
    const ended = other.listen?.({ take: () => Promise.resolve(), interrupted: told });
    function told(words: string): void {
      void ended?.().then(() => resolve(words));
    }
  });
  expect(reason).toBe('reports cannot be received: EADDRINUSE');
  await other.close();
});

test('without a port nothing listens', async () => {
  const deaf = configured(smtpSettings(1));
  expect(deaf.listen).toBeUndefined();
  await deaf.close();
});
