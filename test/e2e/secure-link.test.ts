// A HIGH message for somebody without an app: a link by SMS, a code by email, and the message on the page alone.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { smtpVariables } from '../../simulator/variables.ts';
import { closedUrl } from '../support/answering-server.ts';
import { startParley, type Json, type Parley, type Topology } from '../support/parley.ts';
import { linkIn, secureBrowser } from '../support/secure-page.ts';
import {
  approveTemplate,
  freshPhone,
  messageOnce,
  PAYMENT,
  recordConsent,
  registerDevice,
  registerRecipient,
  send,
} from '../support/story.ts';

const CANARY = '$1,234.56 (canary)';
const STATEMENT = {
  ...PAYMENT,
  name: 'statement',
  sensitivity: 'HIGH',
  channels: ['RCS', 'SMS'],
};
const topologies: Topology[] = ['together', 'apart'];

describe.each(topologies)('a secure link, %s', (topology) => {
  let parley: Parley;
  let count = 0;

  beforeAll(async () => {
    const { port } = new URL(await closedUrl());
    parley = await startParley(topology, (carrier) => smtpVariables(carrier, Number(port)));
    await approveTemplate(parley, STATEMENT);
  }, 60_000);
  afterAll(() => parley.stop(), 30_000);

  const newPerson = async (): Promise<{ id: string; phone: string; email: string }> => {
    count += 1;
    const [phone, email] = [freshPhone('0100'), `grace${count}@example.com`];
    const id = await registerRecipient(parley, { phone, email, locale: 'en', region: 'US' });
    await recordConsent(parley, id, { channels: ['RCS', 'SMS', 'EMAIL'] });
    const answer = await parley.ask(
      `query ($id: ID!) { recipient(id: $id) { addresses { id kind } } }`,
      { id },
    );
    for (const { id: addressId } of answer.data.recipient.addresses as Json[]) {
      await parley.ask(
        `mutation ($input: VerifyAddressInput!) { verifyAddress(input: $input) { errors { __typename } } }`,
        { input: { addressId, method: 'DOCUMENT' } },
      );
    }
    return { id, phone, email };
  };
  const shownAt = async (address: string): Promise<Json> => {
    for (;;) {
      const shown = parley.carrier.control.handset(address).at(-1);
      if (shown !== undefined) return shown;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const sent = async (id: string): Promise<string> => {
    const variables = [
      { name: 'amount', value: CANARY },
      { name: 'card', value: '4242424242424242' },
    ];
    const { message, errors } = await send(parley, id, { template: STATEMENT.name, variables });
    expect(errors).toEqual([]);
    return message.id as string;
  };

  it('is opened by who has the phone and the mailbox, and carriers read nothing', async () => {
    const { id, phone, email } = await newPerson();
    const messageId = await sent(id);
    const { text, suggestions } = await shownAt(phone);
    const link = (suggestions as Json[])[0]?.url ?? linkIn(text);
    const browser = secureBrowser(parley.urlOf('messages'), link);
    expect((await browser.look()).text).not.toContain('1,234');
    await browser.ask();
    const code = /\b\d{6}\b/.exec((await shownAt(email)).text)?.[0] ?? '';
    expect((await browser.type(code)).status).toBe(303);
    const page = (await browser.look()).text;
    expect(page).toContain(`You paid ${CANARY} with card ****4242.`);

    const message = await messageOnce(parley, messageId, ({ status, timeline }) => {
      return status === 'READ' && timeline.some(({ type }: Json) => type === 'CLICKED');
    });
    expect(message.attempts[0]).toMatchObject({ protection: 'LINK_ONLY', state: 'READ' });
    const wires = parley.carrier.control.journal().map(({ body, path }) => `${path} ${body}`);
    expect(wires.length).toBeGreaterThan(2);
    for (const wire of wires)
      expect(decodeURIComponent(wire.replaceAll(/%(?![0-9a-f]{2})/gi, ''))).not.toMatch(
        /1,234|4242/,
      );
  });

  it('of a message that was sealed to a device leads to the app, and asks for no code', async () => {
    const { id, phone, email } = await newPerson();
    await registerDevice(parley, id);
    const messageId = await sent(id);
    const { text, suggestions } = await shownAt(phone);
    const link = (suggestions as Json[])[0]?.url ?? linkIn(text);
    const browser = secureBrowser(parley.urlOf('messages'), link);
    const page = await browser.look();
    expect(page.text).toContain('Open this link on the phone with the app');
    expect(page.text).not.toContain('<form');
    expect((await browser.ask()).text).not.toContain('<form');
    expect(parley.carrier.control.handset(email)).toEqual([]);
    const sealed = await browser.look({ accept: 'application/jose+json' });
    expect(sealed.headers['content-type']).toBe('application/jose+json');
    expect(JSON.parse(sealed.text)).toHaveProperty('ciphertext');
    const message = await messageOnce(parley, messageId, ({ attempts }) => attempts.length > 0);
    expect(message.attempts[0]).toMatchObject({ channel: 'RCS', protection: 'ENVELOPE' });
  });
});
