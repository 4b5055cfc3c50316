// What the email provider promises of sending, against a mail server that is told what to answer.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { ConfigurationError } from '../../platform/config.ts';
import type { Outbound, Provider } from '../../providers/provider.ts';
import { closedUrl } from '../support/answering-server.ts';
import {
  startAnsweringMailServer,
  type AnsweringMailServer,
  type MailAnswer,
  type MailStep,
} from '../support/answering-mail-server.ts';
import {
  ATTEMPT,
  configured,
  createAll,
  emailOutbound,
  smtpSettings,
} from '../support/provider-fixtures.ts';

const DEADLINE_MS = 5000;
const BOUNCE = /^bounce\+0192b1c8000070008000000000000001\.[0-9a-f]{24}@bounces\.acme\.example$/;

let server: AnsweringMailServer;
let provider: Provider;

beforeEach(async () => {
  server = await startAnsweringMailServer();
  provider = configured(smtpSettings(server.port));
});
afterEach(async () => {
  await provider.close();
  await server.close();
});

async function configure(over: Record<string, string>): Promise<void> {
  await provider.close();
  provider = configured({ ...smtpSettings(server.port), ...over });
}

const sendAgainst = (step: MailStep, answer: MailAnswer, deadlineMs = DEADLINE_MS) => {
  server.answers.set(step, answer);
  return provider.send(emailOutbound, deadlineMs);
};

/** The headers of the only mail, unfolded, by their names. */
function sentHeaders(): Record<string, string> {
  const [head = ''] = server.mails[0]?.data.split('\r\n\r\n') ?? [];
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  return Object.fromEntries(
    lines.map((line) => [line.split(': ', 1)[0], line.replace(/^.*?: /, '')]),
  );
}

const advertisement: Outbound = {
  ...emailOutbound,
  type: 'MARKETING',
  content: {
    channel: 'EMAIL',
    subject: 'Spring',
    text: 'Spring.',
    html: '<p>Spring.</p>',
    unsubscribeUrl: 'https://parley.example/u/token',
  },
};

describe('configuration', () => {
  test('without its variables there is no such provider', () => {
    expect(createAll({})).toEqual([]);
  });

  test.each(['SMTP_FROM', 'SMTP_BOUNCE_KEYS'])('without %s it is refused by that name', (name) => {
    const { [name]: _, ...half } = smtpSettings(server.port);
    expect(() => createAll(half)).toThrow(ConfigurationError);
    expect(() => createAll(half)).toThrow(name);
  });

  test.each([
    ['SMTP_FROM', 'nobody'],
    ['SMTP_FROM', 'A <a@acme.example>\r\nBcc: <b@acme.example>'],
    ['SMTP_BOUNCE_DOMAIN', 'acme example'],
    ['SMTP_BOUNCE_KEYS', 'short'],
    ['SMTP_USER', 'an account without a password'],
    ['SMTP_DKIM_SELECTOR', 'a selector without a key'],
  ])('%s is refused as %j', (name, value) => {
    expect(() => createAll({ ...smtpSettings(server.port), [name]: value })).toThrow(/^SMTP_/);
  });
});

describe('sending', () => {
  test('what the server takes is accepted, under its Message-ID', async () => {
    const outcome = await provider.send(emailOutbound, DEADLINE_MS);
    expect(outcome).toEqual({ kind: 'accepted', providerMessageId: `${ATTEMPT}@acme.example` });
    expect(server.mails).toHaveLength(1);
  });

  test('the envelope returns to an address of the attempt, and asks for reports of failures', async () => {
    await provider.send(emailOutbound, DEADLINE_MS);
    const [mail] = server.mails;
    expect(/FROM:<([^>]*)>/.exec(mail?.from ?? '')?.[1]).toMatch(BOUNCE);
    expect(mail?.from).toContain(`ENVID=${ATTEMPT}`);
    expect(mail?.from).toContain('RET=HDRS');
    expect(mail?.to).toMatch(
      /^RCPT TO:<ada@example\.com> NOTIFY=FAILURE ORCPT=rfc822;ada@example\.com/,
    );
  });

  test('reports of deliveries are asked for where the operator wants them', async () => {
    await configure({ SMTP_RECEIPTS: 'all' });
    await provider.send(emailOutbound, DEADLINE_MS);
    expect(server.mails[0]?.to).toContain('NOTIFY=SUCCESS,FAILURE,DELAY');
  });

  test('the headers name the message, and keep machines from answering', async () => {
    await provider.send(emailOutbound, DEADLINE_MS);
    expect(sentHeaders()).toMatchObject({
      From: 'Acme <no-reply@acme.example>',
      To: 'ada@example.com',
      Subject: 'On its way',
      'Message-ID': `<${ATTEMPT}@acme.example>`,
      'X-Canonical-ID': emailOutbound.messageId,
      'Auto-Submitted': 'auto-generated',
    });
    expect(server.mails[0]?.data).not.toContain('List-Unsubscribe');
  });

  test('what can be unsubscribed from says how, by one click', async () => {
    await provider.send(advertisement, DEADLINE_MS);
    expect(sentHeaders()).toMatchObject({
      'List-Unsubscribe': '<https://parley.example/u/token>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    });
  });

  test('a signature covers how to unsubscribe', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await configure({ SMTP_DKIM_SELECTOR: 'parley', SMTP_DKIM_KEY: pem.replaceAll('\n', '\\n') });
    await provider.send(advertisement, DEADLINE_MS);
    const signature = sentHeaders()['DKIM-Signature'] ?? '';
    expect(signature).toMatch(/d=acme\.example;.*s=parley;/);
    const signed = (/ h=([^;]*);/.exec(signature)?.[1] ?? '')
      .toLowerCase()
      .replaceAll(' ', '')
      .split(':');
    expect(signed).toEqual(
      expect.arrayContaining(['from', 'subject', 'list-unsubscribe', 'list-unsubscribe-post']),
    );
  });

  test('one connection carries many mails, within its number', async () => {
    await configure({ SMTP_CONNECTIONS: '1' });
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => provider.send(emailOutbound, DEADLINE_MS)),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'accepted'));
    expect(server.connectionCount).toBe(1);
  });

  test('a login is given where there is one', async () => {
    await configure({ SMTP_USER: 'parley', SMTP_PASSWORD: 'secret' });
    await provider.send(emailOutbound, DEADLINE_MS);
    const credentials = Buffer.from('\0parley\0secret').toString('base64');
    expect(server.commands).toContain(`AUTH PLAIN ${credentials}`);
  });
});

describe('a refusal', () => {
  test.each<[MailStep, string, string, string]>([
    ['MAIL', '550 5.7.1 Not you', 'BLOCKED', '550 5.7.1'],
    ['MAIL', '553 Who', 'SENDER_REJECTED', '553'],
    ['RCPT', '550 5.1.1 No such user <ada@example.com>', 'INVALID_RECIPIENT', '550 5.1.1'],
    ['RCPT', '550 No such user', 'INVALID_RECIPIENT', '550'],
    ['RCPT', '450 4.2.0 Greylisted', 'UNREACHABLE', '450 4.2.0'],
    ['RCPT', '452 4.5.3 Too many', 'THROTTLED', '452 4.5.3'],
    ['RCPT', '552 5.2.2 Full', 'UNREACHABLE', '552 5.2.2'],
    ['DATA', '451 4.3.0 Later', 'PROVIDER_FAULT', '451 4.3.0'],
    ['END', '554 5.6.0 Junk', 'INVALID_CONTENT', '554 5.6.0'],
    ['END', '550 Spam', 'BLOCKED', '550'],
    ['END', '421 4.3.2 Going down', 'PROVIDER_FAULT', '421 4.3.2'],
    ['CONNECT', '554 5.7.1 Your address is listed', 'BLOCKED', '554 5.7.1'],
  ])('of %s with %j is %s, without the words of the server', async (step, answer, code, told) => {
    const outcome = await sendAgainst(step, answer);
    expect(outcome).toEqual({ kind: 'refused', code, providerCode: told, retryAfterMs: null });
  });

  test('of the login is the fault of the account', async () => {
    await configure({ SMTP_USER: 'parley', SMTP_PASSWORD: 'wrong' });
    const outcome = await sendAgainst('AUTH', '535 5.7.8 No');
    expect(outcome).toMatchObject({ kind: 'refused', code: 'AUTH', providerCode: '535 5.7.8' });
    expect(JSON.stringify(outcome)).not.toContain('wrong');
  });

  test('leaves the connection to the next mail', async () => {
    await sendAgainst('RCPT', '550 5.1.1 No such user');
    server.answers.clear();
    expect(await provider.send(emailOutbound, DEADLINE_MS)).toMatchObject({ kind: 'accepted' });
  });
});

describe('a lost answer', () => {
  test.each<MailAnswer>(['cut', 'hang'])(
    'to the end of the data is unknown (%s), and nothing is sent twice',
    async (answer) => {
      expect(await sendAgainst('END', answer, 400)).toMatchObject({ kind: 'unknown' });
      server.answers.clear();
      await provider.send({ ...emailOutbound, messageId: 'msg_other' }, DEADLINE_MS);
      const named = server.mails.map(({ data }) => /X-Canonical-ID: (\S+)/.exec(data)?.[1]);
      expect(named).toEqual([emailOutbound.messageId, 'msg_other']);
    },
  );

  test.each<[MailStep, MailAnswer]>([
    ['CONNECT', 'cut'],
    ['CONNECT', 'hang'],
    ['EHLO', 'cut'],
    ['MAIL', 'hang'],
    ['RCPT', 'cut'],
    ['RCPT', 'hang'],
    ['DATA', 'cut'],
    ['DATA', 'hang'],
  ])('to %s is refused (%s): nothing was written', async (step, answer) => {
    const outcome = await sendAgainst(step, answer, 400);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'PROVIDER_FAULT' });
    expect(server.mails).toEqual([]);
  });

  test('of a server that is not there is refused: nothing was sent', async () => {
    const { port } = new URL(await closedUrl());
    await configure({ SMTP_PORT: port });
    const outcome = await provider.send(emailOutbound, DEADLINE_MS);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'PROVIDER_FAULT' });
  });

  test('of a server without encryption is refused where encryption is wanted', async () => {
    await configure({ SMTP_TLS: 'starttls' });
    const outcome = await provider.send(emailOutbound, DEADLINE_MS);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'PROVIDER_FAULT' });
    expect(server.mails).toEqual([]);
  });
});
