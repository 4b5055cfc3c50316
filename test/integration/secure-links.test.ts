// Secure links through the whole platform: a neutral page, a code by another address, and then the message.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CANARY, SEALED, startLinked, type Linked, type LinkedPerson } from '../support/linked.ts';
import { linkIn, secureBrowser } from '../support/secure-page.ts';

let linked: Linked;
beforeAll(async () => {
  linked = await startLinked();
}, 60_000);
afterAll(() => linked.stop());

const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

/** What tells of a person or of what they were sent. */
const secretsOf = ({ phone, email }: LinkedPerson): string[] => [
  CANARY,
  SEALED,
  SEALED.slice(-4),
  phone,
  phone.slice(-4),
  email,
  email.split('@')[0] ?? '',
  'result',
];

test('a link by SMS is opened with a code by email, in one browser', async () => {
  const person = await linked.person();
  const messageId = await linked.send(person);
  const text = await linked.shown(person.phone);
  for (const secret of [CANARY, SEALED, 'result']) expect(text).not.toContain(secret);
  const browser = secureBrowser(linked.platform.url, linkIn(text));

  const first = await browser.look();
  expect(first.status).toBe(200);
  for (const secret of secretsOf(person)) expect(first.text).not.toContain(secret);
  expect(linked.carrier.control.handset(person.email)).toEqual([]);

  const asked = await browser.ask();
  expect(asked.status).toBe(200);
  expect(asked.text).toContain('a•••@e•••.com');
  for (const secret of secretsOf(person)) expect(asked.text).not.toContain(secret);
  const code = await linked.codeAt(person.email);

  const wrong = await browser.type(other(code));
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('Tries left: 4');
  const right = await browser.type(`${code.slice(0, 3)} ${code.slice(3)}`);
  expect(right.status).toBe(303);
  expect(right.headers['location']).toBe(browser.path);
  expect(right.text).toBe('');

  const open = await browser.look();
  expect(open.status).toBe(200);
  expect(open.text).toContain(`It is ${CANARY} &lt;b&gt;for&lt;/b&gt; account ****2002.`);
  expect(open.text).toContain('href="https://clinic.example/help"');
  expect(open.text).not.toContain(SEALED);
  expect(linked.carrier.control.handset(person.phone)).toHaveLength(1);

  let message = await linked.message(messageId);
  while (message.status !== 'READ') message = await linked.message(messageId);
  expect(message.attempts).toMatchObject([{ channel: 'SMS', protection: 'LINK_ONLY' }]);
  const clicks = message.timeline.filter(({ type }: { type: string }) => type === 'CLICKED');
  expect(clicks).toEqual([{ type: 'CLICKED', status: 'READ', channel: 'SMS', provider: null }]);
  const carried = { reference: messageId, attempts: [{ channel: 'EMAIL' }] };
  expect(message.linkAccesses).toMatchObject([
    { kind: 'OPENED', codeMessage: carried },
    { kind: 'CODE_REFUSED', codeMessage: carried },
    { kind: 'CODE_SENT', codeMessage: carried },
  ]);
});

test('a link by email is opened with a code by SMS', async () => {
  const person = await linked.person();
  const browser = await linked.browser(person, 'EMAIL');
  await browser.look();
  expect((await browser.ask()).text).toContain(`••• ${person.phone.slice(-2)}`);
  await browser.type(await linked.codeAt(person.phone));
  expect((await browser.look()).text).toContain(CANARY);
});

test('looking, however often and by whomever, does nothing', async () => {
  const person = await linked.person();
  const messageId = await linked.send(person);
  const browser = secureBrowser(linked.platform.url, linkIn(await linked.shown(person.phone)));
  for (const purpose of ['prefetch', 'preview', '']) {
    await browser.look({ 'sec-purpose': purpose, 'user-agent': 'LinkScanner/1.0' });
  }
  const head = await fetch(`${linked.platform.url}${browser.path}`, { method: 'HEAD' });
  expect(head.status).toBe(405);
  const { linkAccesses, timeline } = await linked.message(messageId);
  expect(linkAccesses).toEqual([]);
  expect(JSON.stringify(timeline)).not.toMatch(/CLICKED|READ/);
  expect(linked.carrier.control.handset(person.email)).toEqual([]);
});

describe('a code is sent nowhere', () => {
  test.each([
    ['to an address that nobody verified', { verified: ['PHONE'] }],
    ['where the person permits no other channel', { channels: ['SMS'] }],
  ])('%s, and the page says what else to do', async (_, over) => {
    const person = await linked.person(over);
    const browser = await linked.browser(person);
    await browser.look();
    const asked = await browser.ask();
    expect(asked.status).toBe(409);
    expect(asked.text).toContain('ask the sender');
    expect(linked.carrier.control.handset(person.email)).toEqual([]);
    expect(linked.carrier.control.handset(person.phone)).toHaveLength(1);
  });
});

test('a code that is asked for twice at once is sent once', async () => {
  const person = await linked.person();
  const browser = await linked.browser(person);
  await browser.look();
  const asked = await Promise.all([browser.ask(), browser.ask(), browser.ask()]);
  for (const { status } of asked) expect(status).toBe(200);
  const code = await linked.codeAt(person.email);
  expect((await browser.type(code)).status).toBe(303);
  expect(linked.carrier.control.handset(person.email)).toHaveLength(1);
});

test('the page closes after ten minutes, and a code opens it again', async () => {
  const person = await linked.person();
  const browser = await linked.browser(person);
  await browser.look();
  await browser.ask();
  await browser.type(await linked.codeAt(person.email));
  expect((await browser.look()).text).toContain(CANARY);
  linked.platform.clock.ahead += 600_000;
  const closed = await browser.look();
  expect(closed.text).not.toContain(CANARY);
  expect(closed.text).toContain('Send me a code');
  await browser.ask();
  await browser.type(await linked.codeAt(person.email, 2));
  expect((await browser.look()).text).toContain(CANARY);
});

test('a tenant puts the code in words of its own, and one that cannot carry it sends none', async () => {
  const { platform } = linked;
  const approve = async (variables: object[]): Promise<void> => {
    const input = {
      name: 'secure_link_code',
      type: 'OTP',
      purpose: 'TRANSACTIONAL',
      sensitivity: 'LOW',
      channels: ['EMAIL'],
      locales: [{ locale: 'en', body: 'Acme says {{code}}.', neutralText: 'A code is there.' }],
      variables,
    };
    const { createTemplate } = await platform.ask(
      `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { template { id } } }`,
      { input },
    );
    await platform.ask(
      `mutation ($input: MoveTemplateInput!) { submitTemplate(input: $input) { errors { __typename } }
         approveTemplate(input: $input) { errors { __typename } } }`,
      { input: { templateId: createTemplate.template.id } },
    );
  };
  await approve([{ name: 'code' }]);
  const person = await linked.person();
  const browser = await linked.browser(person);
  await browser.look();
  await browser.ask();
  expect(await linked.shown(person.email)).toMatch(/Acme says \d{6}\./);

  await approve([{ name: 'code', sensitive: true }]);
  linked.platform.clock.ahead += 60_000;
  expect((await browser.ask()).status).toBe(409);
  const problems = platform.lines().filter(({ msg }) => msg === 'no code for a link');
  expect(problems).toMatchObject([{ problem: 'the code would be masked' }]);
  await approve([{ name: 'code' }]);
});

test('the words are those of the browser', async () => {
  const person = await linked.person();
  const browser = await linked.browser(person);
  const page = await browser.look({ 'accept-language': 'de-AT,en;q=0.5' });
  expect(page.text).toContain('<html lang="de">');
  expect(page.text).toContain('Code senden');
});

test('a link that is good no more is answered as one that never was', async () => {
  const answers: unknown[] = [];
  const answered = async (path: string): Promise<void> => {
    const answer = await fetch(`${linked.platform.url}${path}`);
    const headers = Object.fromEntries(answer.headers);
    delete headers['date'];
    answers.push({ status: answer.status, headers, body: await answer.text() });
  };
  await answered('/l/junk');
  await answered('/l/msg_01h455vb4pex5vsknk084sn02q.AAAAAAAAAAAAAAAAAAAAAAAAAAA');

  const erased = await linked.person();
  const ofErased = await linked.browser(erased);
  await linked.platform.ask(
    `mutation ($id: ID!) { eraseRecipient(input: { recipientId: $id, reason: "asked" }) { errors { __typename } } }`,
    { id: erased.id },
  );
  await answered(ofErased.path);

  const person = await linked.person();
  const browser = await linked.browser(person);
  await answered(browser.path.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')));
  linked.platform.clock.ahead += 86_400_000;
  await answered(browser.path);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers).toHaveLength(5);
  expect(answers[0]).toMatchObject({ status: 404 });
});
