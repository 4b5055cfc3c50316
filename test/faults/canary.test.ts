// The canary: what is highly sensitive leaves in clear on no wire, whatever carriers do and whatever a person has.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  appleVariables,
  smppVariables,
  smtpVariables,
  webPushVariables,
} from '../../simulator/variables.ts';
import { addAppleId, subscribeToPush } from '../support/reach.ts';
import { startParley, type Json, type Parley } from '../support/parley.ts';
import {
  approveTemplate,
  capabilityKnown,
  freshPhone,
  PAYMENT,
  recordConsent,
  registerDevice,
  registerRecipient,
  send,
} from '../support/story.ts';
import { drain } from './read-back.ts';
import { tracesOf } from './traces.ts';

/** Every number by which the carriers do something of their own. */
const NUMBERS = [
  '0100',
  '0200',
  '0404',
  '0001',
  '0002',
  '0003',
  '0004',
  '0005',
  '0006',
  '0007',
  '0429',
  '0500',
];
const CHANNELS = ['RCS', 'SMS', 'EMAIL', 'PUSH', 'IMESSAGE'] as const;
/** Longer than the window of a receipt, so that there are fallbacks. */
const GOOD_FOR_MS = 14_000;

const SECRET = { ...PAYMENT, name: 'secret', sensitivity: 'HIGH', receiptWindowSeconds: 10 };
/** Each with another first channel, so that each is tried first, and fallen back from. */
const SECRETS = [
  { ...SECRET, name: 'secret_card', channels: ['RCS', 'SMS', 'EMAIL'] },
  { ...SECRET, name: 'secret_text', channels: ['SMS', 'EMAIL'] },
  { ...SECRET, name: 'secret_mail', channels: ['EMAIL'] },
  { ...SECRET, name: 'secret_push', channels: ['PUSH', 'SMS'] },
  { ...SECRET, name: 'secret_imessage', channels: ['IMESSAGE', 'EMAIL'] },
];
const OPEN = CHANNELS.map((channel) => ({
  ...PAYMENT,
  name: `open_${channel.toLowerCase()}`,
  sensitivity: 'LOW',
  channels: [channel],
  locales: PAYMENT.locales.map((texts) => ({
    ...texts,
    body: 'You paid {{amount}}.',
    smsText: 'Payment of {{amount}} processed. Check the app for your receipt.',
  })),
  variables: [{ name: 'amount' }],
}));

interface Sendable {
  readonly name: string;
  readonly variables: readonly { readonly name: string }[];
}

const newCanary = (): string => `CANARY${randomBytes(6).toString('hex').toUpperCase()}`;

describe.each(['twilio', 'smpp'])('with texts by %s', (texts) => {
  let parley: Parley;
  const people: { readonly id: string; readonly screens: readonly string[] }[] = [];

  beforeAll(async () => {
    parley = await startParley('together', async (carrier, directory) => ({
      ...smtpVariables(carrier, 0),
      ...appleVariables(carrier),
      ...(await webPushVariables(carrier, directory)),
      ...(texts === 'smpp' ? smppVariables(carrier) : {}),
    }));
    const apple = `${parley.urlOf('delivery')}/callbacks/apple-messages`;
    await parley.carrier.control.setWebhooks({ apple });
    for (const template of [...SECRETS, ...OPEN]) await approveTemplate(parley, template);
    for (const [index, number] of [...NUMBERS, ...NUMBERS].entries()) {
      const [phone, email] = [freshPhone(number), `person${index}+${number}@example.com`];
      const id = await registerRecipient(parley, { phone, email });
      const appleId = `urn:mbid:AQAA/${texts}+${index}=`;
      await addAppleId(parley, id, appleId);
      const browser = await subscribeToPush(parley, id, `${texts}-${index}`);
      await recordConsent(parley, id, { channels: CHANNELS });
      await capabilityKnown(parley, id);
      if (index < NUMBERS.length) await registerDevice(parley, id);
      people.push({ id, screens: [phone, email, appleId, browser] });
    }
  }, 120_000);
  afterAll(() => parley.stop(), 30_000);

  /** All that came to the carriers, by wire, and what people were shown. */
  const received = (): ReadonlyMap<string, string> => {
    const { control } = parley.carrier;
    const entries = control.journal().filter(({ direction }) => direction === 'in');
    const byWire = [...Map.groupBy(entries, ({ wire }) => wire)].map(
      ([wire, ofWire]): [string, string] => [
        wire,
        ofWire.map(({ path, body }) => `${path}\n${body}`).join('\n'),
      ],
    );
    const screens = people.flatMap((one) => one.screens.flatMap((name) => control.handset(name)));
    return new Map([...byWire, ['screens', JSON.stringify(screens)]]);
  };
  const sendAll = async (templates: readonly Sendable[], value: string) => {
    const expiresAt = new Date(Date.now() + GOOD_FOR_MS).toISOString();
    const results: Json[] = [];
    for (const { name, variables: named } of templates) {
      const variables = named.map((variable) => ({ name: variable.name, value }));
      const idempotent = (id: string) => ({ idempotencyKey: `${name} ${id}`, template: name });
      results.push(
        ...(await Promise.all(
          people.map(({ id }) => send(parley, id, { ...idempotent(id), variables, expiresAt })),
        )),
      );
    }
    // Where there is no way to a person, there is none; anything else would be a mistake of this test.
    const refusals = results.flatMap(({ errors }) => errors as readonly Json[]);
    expect(refusals.filter(({ code }) => code !== 'NO_ROUTE')).toEqual([]);
    await drain(parley, 90_000);
    return results;
  };

  it('a value of a message that is HIGH is found nowhere that carriers look', async () => {
    const canary = newCanary();
    const results = await sendAll(SECRETS, canary);
    // Taken, and handed over: or there would be nothing to find.
    expect(results.filter(({ message }) => message).length).toBeGreaterThan(NUMBERS.length);
    const wires = received();
    expect(wires.get('rbm')).toContain(PAYMENT.locales[0]?.neutralText);
    for (const wire of [texts, 'apple', 'screens']) expect(wires.get(wire)).toContain('Acme');
    for (const [wire, text] of wires) expect([wire, tracesOf(canary, text)]).toEqual([wire, []]);
  }, 150_000);

  it('a value of a message that is LOW is found on every wire, so that nothing is overlooked', async () => {
    const canary = newCanary();
    await sendAll(OPEN, canary);
    const wires = received();
    for (const wire of ['rbm', texts, 'smtp', 'apple', 'screens']) {
      expect([wire, tracesOf(canary, wires.get(wire) ?? '')]).not.toEqual([wire, []]);
    }
  }, 150_000);
});
