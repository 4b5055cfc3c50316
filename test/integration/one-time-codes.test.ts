// One-time codes through the whole platform and a simulated carrier: sent once, tried five times, kept by nobody.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { startCarrier, type Carrier } from '../../simulator/index.ts';
import { providerVariables } from '../../simulator/variables.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../support/parley.ts';
import { startTestPlatform, type TestPlatform } from '../support/platform.ts';

let platform: TestPlatform;
let carrier: Carrier;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parley-codes-'));
  carrier = await startCarrier({});
  const variables = await providerVariables(carrier, join(directory, 'service-account.json'));
  const ROLES = 'gateway,recipients,consent,messages,delivery,workers';
  platform = await startTestPlatform({ ...variables, ROLES });
  for (const [name, type, variable] of [
    ['login', 'OTP', 'code'],
    ['no_code', 'OTP', 'amount'],
    ['receipt', 'RECEIPT', 'code'],
  ]) {
    await approve({ name, type, variables: [{ name: variable }] });
  }
}, 60_000);
afterAll(async () => {
  await platform.stop();
  await carrier.close();
  await rm(directory, { recursive: true });
});

async function approve(template: object): Promise<void> {
  const { createTemplate } = await platform.ask(
    `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
       template { id variables { name } } errors { ... on UserError { message } } } }`,
    {
      input: {
        purpose: 'TRANSACTIONAL',
        sensitivity: 'LOW',
        channels: ['SMS'],
        locales: [{ locale: 'en', body: bodyOf(template), neutralText: 'A code is there.' }],
        ...template,
      },
    },
  );
  expect(createTemplate.errors).toEqual([]);
  await platform.ask(
    `mutation ($input: MoveTemplateInput!) { submitTemplate(input: $input) { errors { __typename } }
       approveTemplate(input: $input) { errors { __typename } } }`,
    { input: { templateId: createTemplate.template.id } },
  );
}

const bodyOf = (template: { variables?: { name: string }[] }): string =>
  `Your Acme code is {{${template.variables?.[0]?.name}}}.`;

let numbers = 0;
/** Somebody in a neighbourhood of numbers of their own, unless it is said where. */
async function newPerson(area = String(200 + numbers)): Promise<[id: string, phone: string]> {
  numbers += 1;
  const phone = `+1415${area}${String(1_000 + numbers)}`;
  const { registerRecipient } = await platform.ask(
    `mutation ($phone: String!) { registerRecipient(input: { phone: $phone }) { recipient { id } } }`,
    { phone },
  );
  const { id } = registerRecipient.recipient;
  await platform.ask(
    `mutation ($id: ID!) { recordConsent(input: { recipientId: $id, purpose: TRANSACTIONAL, channels: [SMS],
       jurisdiction: "US", method: CHECKBOX, policyVersion: "1", source: WEB }) { errors { __typename } } }`,
    { id },
  );
  return [id, phone];
}

let keys = 0;
async function issue(recipientId: string, over: object = {}, tenant?: string): Promise<Json> {
  keys += 1;
  const input = { idempotencyKey: `code-${keys}`, recipientId, template: 'login', ...over };
  const { issueCode } = await platform.ask(
    `mutation ($input: IssueCodeInput!) { issueCode(input: $input) { message { id } expiresAt replayed
       errors { __typename ... on UserError { code path } ... on LimitReached { retryAfterSeconds } } } }`,
    { input },
    tenant,
  );
  return issueCode;
}

async function verify(messageId: string, code: string, tenant?: string): Promise<Json> {
  const { verifyCode } = await platform.ask(
    `mutation ($input: VerifyCodeInput!) { verifyCode(input: $input) { outcome triesLeft
       errors { __typename } } }`,
    { input: { messageId, code } },
    tenant,
  );
  return verifyCode;
}

/** The code as the phone shows it. */
async function codeAt(phone: string): Promise<string> {
  for (;;) {
    const found = /code is (\d{6})/.exec(JSON.stringify(carrier.control.handset(phone)));
    if (found?.[1] !== undefined) return found[1];
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

test('a code that arrives by SMS is right once', async () => {
  const [id, phone] = await newPerson();
  const { message, expiresAt, errors } = await issue(id);
  expect(errors).toEqual([]);
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(590_000);
  const code = await codeAt(phone);
  expect(await verify(message.id, other(code))).toMatchObject({ outcome: 'WRONG', triesLeft: 4 });
  const spaced = `${code.slice(0, 3)} ${code.slice(3)}`;
  expect(await verify(message.id, spaced)).toMatchObject({ outcome: 'VERIFIED', triesLeft: 3 });
  expect(await verify(message.id, code)).toMatchObject({ outcome: 'USED' });
});

test('a code is tried five times, side by side too, and then counts no more', async () => {
  const [id, phone] = await newPerson();
  const { message } = await issue(id);
  const code = await codeAt(phone);
  const tries = await Promise.all(
    Array.from({ length: 20 }, () => verify(message.id, other(code))),
  );
  const outcomes = tries.map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === 'WRONG')).toHaveLength(5);
  expect(outcomes.filter((outcome) => outcome === 'TOO_MANY_TRIES')).toHaveLength(15);
  expect(await verify(message.id, code)).toMatchObject({ outcome: 'TOO_MANY_TRIES', triesLeft: 0 });
});

test('a right code is taken once, however many bring it at the same time', async () => {
  const [id, phone] = await newPerson();
  const { message } = await issue(id);
  const code = await codeAt(phone);
  const tries = await Promise.all(Array.from({ length: 10 }, () => verify(message.id, code)));
  const outcomes = tries.map(({ outcome }) => outcome).toSorted((a, b) => a.localeCompare(b));
  expect(outcomes).toEqual([...Array.from({ length: 9 }, () => 'USED'), 'VERIFIED']);
});

test('the same key is the same code, sent once; with another body it is refused', async () => {
  const [id, phone] = await newPerson();
  const [stranger] = await newPerson();
  const idempotencyKey = 'login:1';
  const first = await issue(id, { idempotencyKey });
  await codeAt(phone);
  const again = await issue(id, { idempotencyKey });
  expect(again).toMatchObject({
    message: first.message,
    replayed: true,
    expiresAt: first.expiresAt,
  });
  expect(await issue(stranger, { idempotencyKey })).toMatchObject({
    message: null,
    errors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
  });
  for (const over of [{ reference: 'login:2' }, { locale: 'de' }, { template: 'receipt' }]) {
    expect((await issue(id, { idempotencyKey, ...over })).errors).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED' },
    ]);
  }
  expect(carrier.control.handset(phone)).toHaveLength(1);
});

describe('limits', () => {
  test('the sixth code within ten minutes is refused, with when the next may be asked for', async () => {
    const [id] = await newPerson();
    const issued = await Promise.all(Array.from({ length: 8 }, () => issue(id)));
    const refused = issued.filter(({ errors }) => errors.length > 0);
    expect(refused).toHaveLength(3);
    const [{ errors }] = refused;
    expect(errors).toMatchObject([{ code: 'LIMIT_REACHED', path: ['recipientId'] }]);
    expect(errors[0].retryAfterSeconds).toBeGreaterThan(590);
    platform.clock.ahead += 600_000;
    expect((await issue(id)).errors).toEqual([]);
  });

  test('numbers side by side share a limit, whoever they are', async () => {
    const area = '777';
    const people = await Promise.all(Array.from({ length: 11 }, () => newPerson(area)));
    // Side by side: each of eleven people may have five, and all of them together fifty.
    const issued = await Promise.all(
      people.flatMap(([id]) => Array.from({ length: 5 }, () => issue(id))),
    );
    const refused = issued.filter(({ errors }) => errors.length > 0);
    expect(refused).toHaveLength(5);
    expect(refused[0].errors).toMatchObject([{ code: 'LIMIT_REACHED' }]);
    const [elsewhere] = await newPerson();
    expect((await issue(elsewhere)).errors).toEqual([]);
  });
});

test('a code whose time is over is refused, right or wrong', async () => {
  const [id, phone] = await newPerson();
  const { message } = await issue(id);
  const code = await codeAt(phone);
  platform.clock.ahead += 600_000;
  expect(await verify(message.id, code)).toMatchObject({ outcome: 'EXPIRED', triesLeft: 5 });
});

test('a template that is no code’s, a code of one’s own and a person without consent are refused', async () => {
  const [id] = await newPerson();
  const errorsOf = async (over: object) => (await issue(id, over)).errors;
  const invalid = [{ code: 'INVALID_INPUT', path: ['template'] }];
  expect(await errorsOf({ template: 'no_code' })).toMatchObject(invalid);
  expect(await errorsOf({ template: 'receipt' })).toMatchObject(invalid);
  expect(await errorsOf({ template: 'nothing' })).toMatchObject([
    { code: 'TEMPLATE_NOT_APPROVED' },
  ]);
  expect(await errorsOf({ variables: [{ name: 'code', value: '1' }] })).toMatchObject([
    { code: 'INVALID_INPUT', path: ['variables', 'code'] },
  ]);
  const { registerRecipient } = await platform.ask(
    `mutation { registerRecipient(input: { phone: "+14152990001" }) { recipient { id } } }`,
  );
  expect((await issue(registerRecipient.recipient.id)).errors).toMatchObject([
    { code: 'CONSENT_REFUSED' },
  ]);
});

test('another tenant has neither the person nor the code', async () => {
  const [id, phone] = await newPerson();
  const { message } = await issue(id);
  const code = await codeAt(phone);
  expect((await issue(id, {}, 'globex')).errors).toMatchObject([{ __typename: 'NotFound' }]);
  expect((await verify(message.id, code, 'globex')).errors).toMatchObject([
    { __typename: 'NotFound' },
  ]);
  expect(await verify(message.id, code)).toMatchObject({ outcome: 'VERIFIED' });
});

test('what proves a code holds neither the code nor a part of a number', async () => {
  const [id, phone] = await newPerson('888');
  await issue(id);
  const code = await codeAt(phone);
  const client = new Client({ connectionString: platform.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ dump: string }>(
    `select string_agg((to_jsonb(c) - 'mac' - 'area')::text, ' ') as dump from messages.one_time_code c`,
  );
  await client.end();
  expect(rows[0]?.dump).toContain('acme');
  expect(rows[0]?.dump).not.toContain(code);
  expect(rows[0]?.dump).not.toContain('415888');
});
