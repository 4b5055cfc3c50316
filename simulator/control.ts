// The control surface: what tests and demos set and see, as deeds in this process and as JSON over HTTP.
import { randomUUID } from 'node:crypto';
import { personWrites, type InfobipWebhook } from './apple-reports.ts';
import type { Behaviour } from './behaviour.ts';
import type { Callback, CallbackQueue } from './callbacks.ts';
import type { Faults, Wire } from './faults.ts';
import type { Handsets } from './handset.ts';
import type { Journal } from './journal.ts';
import {
  BadRequest,
  isLoopback,
  objectIn,
  onlyKnown,
  parseObject,
  textIn,
  type JsonObject,
} from './json.ts';
import type { MessageBook } from './message-book.ts';
import { parseReceipt } from './profile.ts';
import type { PushSubscriptions } from './push-subscriptions.ts';
import { handshake, userEvent, type RbmWebhook } from './rbm-events.ts';
import type { Incoming, Reply } from './server.ts';
import type { SmppAssembly } from './smpp-assembly.ts';
import { deliveredText } from './smpp-deliveries.ts';
import type { Timers } from './timers.ts';
import { incomingText, type TwilioAccount } from './twilio-callbacks.ts';
import { appReceipt } from './web-push-receipts.ts';

/** Where the platform takes callbacks that no message names; null: nowhere. */
export interface Webhooks {
  rbm: string | null;
  twilio: string | null;
  /** `smtp://127.0.0.1:2525`: where mail to return addresses goes. */
  smtp: string | null;
  apple: string | null;
}

export interface ControlParts {
  readonly behaviour: Behaviour;
  readonly books: Readonly<Record<Wire, MessageBook>>;
  readonly queues: Readonly<Record<Wire, CallbackQueue>>;
  readonly handsets: Handsets;
  readonly assembly: SmppAssembly;
  readonly journal: Journal;
  readonly webhooks: Webhooks;
  readonly rbmWebhook: RbmWebhook;
  readonly twilioAccount: TwilioAccount;
  readonly timers: Timers;
  readonly subscriptions: PushSubscriptions;
  readonly infobipWebhook: InfobipWebhook;
}

/** Every deed throws BadRequest for what it cannot read. */
export type Control = ReturnType<typeof createControl>;

export function createControl(parts: ControlParts) {
  const { behaviour, books, queues, handsets, journal, webhooks, rbmWebhook } = parts;
  return {
    profile: (address: string) => behaviour.profileOf(address),
    setProfile: (address: string, profile: JsonObject) => behaviour.setProfile(address, profile),
    removeProfile: (address: string) => behaviour.removeProfile(address),
    faults: (): Faults => behaviour.faults,
    setFaults: (faults: JsonObject): Faults => {
      behaviour.setFaults(faults);
      return behaviour.faults;
    },
    /** Registers webhooks. Google asks a new one to prove itself: `rbmVerified` says whether it did. */
    setWebhooks: async (given: Partial<Webhooks>): Promise<{ rbmVerified: boolean | null }> => {
      Object.assign(webhooks, checkWebhooks(given));
      const secret = randomUUID();
      const question = given.rbm === undefined ? null : handshake(rbmWebhook, secret);
      if (question === null) return { rbmVerified: null };
      return { rbmVerified: (await queues.rbm.ask(question)) === secret };
    },
    /** Something that a person does: writes a text, taps a suggestion, unsubscribes. A text comes in by Twilio, or with
     *  `wire: 'smpp'` by SMPP. With channel PUSH, what an app tells of the notification `ref`, such as `clicked`. */
    inbound: (given: JsonObject): void => {
      const [queue, callback] = inboundOf(parts, given);
      if (callback === null) throw new BadRequest('no webhook is registered for this channel');
      queue.push(callback);
    },
    /** A browser subscribes to push messages; the answer is what its page gets. `applicationServerKey` says who may send;
     *  `id` is what profiles and handsets are found by. */
    subscribe: ({ id = null, applicationServerKey = null }: Subscribing) =>
      parts.subscriptions.create(id, applicationServerKey),
    /** The person takes the permission back. */
    unsubscribe: (id: string) => parts.subscriptions.remove(id),
    /** Tells one receipt of a message now (`delivered`, `failed:30003`), or all its earlier ones again. */
    replay: (providerMessageId: string, receipt: string | null = null): boolean => {
      const told = receipt === null ? null : parseReceipt(receipt);
      return Object.values(books).some((book) => book.replay(providerMessageId, told));
    },
    handset: (address: string) => handsets.at(address),
    journal: (from = 1) => journal.read(from),
    stats: () => ({
      counts: journal.counts,
      messageCount: sizesOf(books),
      waitingCallbackCount: sizesOf(queues),
      cpuMicroseconds: process.cpuUsage(),
      memoryBytes: process.memoryUsage.rss(),
    }),
    /** Forgets messages, profiles and faults. Tokens stay good. */
    reset: (): void => {
      parts.timers.clear();
      const { assembly } = parts;
      const forgetful = [behaviour, journal, handsets, assembly, ...Object.values(books)];
      for (const part of forgetful) part.reset();
      for (const queue of Object.values(queues)) queue.clear();
    },
  };
}

interface Subscribing {
  readonly id?: string | null;
  readonly applicationServerKey?: string | null;
}

const sizesOf = ({
  rbm,
  twilio,
  smpp,
  smtp,
  push,
  apple,
}: Readonly<Record<Wire, { readonly size: number }>>) => ({
  rbm: rbm.size,
  twilio: twilio.size,
  smpp: smpp.size,
  smtp: smtp.size,
  push: push.size,
  apple: apple.size,
});

export function checkWebhooks(given: Partial<Webhooks>): Partial<Webhooks> {
  onlyKnown(given as JsonObject, ['rbm', 'twilio', 'smtp', 'apple'], 'webhooks');
  for (const url of Object.values(given)) {
    if (url !== null && !isLoopback(url))
      throw new BadRequest('a webhook is on the loopback address');
  }
  return given;
}

function inboundOf(
  parts: ControlParts,
  given: JsonObject,
): readonly [CallbackQueue, Callback | null] {
  const { queues, books, rbmWebhook } = parts;
  if (given['channel'] === 'PUSH') {
    const message = books.push.find(textIn(given['ref'], 'ref'));
    const told = message && appReceipt(message, textIn(given['event'], 'event'));
    return [queues.push, told ?? null];
  }
  if (given['channel'] === 'IMESSAGE') return [queues.apple, inboundBubble(parts, given)];
  if (given['channel'] !== 'SMS') return [queues.rbm, userEvent(rbmWebhook, personsEvent(given))];
  if (given['wire'] !== 'smpp') return [queues.twilio, inboundText(parts, given)];
  const text = { from: textIn(given['from'], 'from'), body: textIn(given['text'], 'text') };
  return [queues.smpp, deliveredText(text)];
}

/** A text, or with `ref` and `postback` a tap on an answer of that message. */
function inboundBubble({ infobipWebhook }: ControlParts, given: JsonObject): Callback | null {
  const from = textIn(given['from'], 'from');
  if (given['ref'] === undefined) {
    return personWrites(infobipWebhook, {
      from,
      message: { type: 'TEXT', text: textIn(given['text'], 'text') },
    });
  }
  const requestIdentifier = textIn(given['ref'], 'ref');
  const identifier = textIn(given['postback'], 'postback');
  const quickReplySelectedItem = { identifier, title: identifier };
  const message = { type: 'QUICK_REPLY', requestIdentifier, quickReplySelectedItem };
  return personWrites(infobipWebhook, { from, message });
}

function inboundText({ webhooks, twilioAccount }: ControlParts, given: JsonObject) {
  if (webhooks.twilio === null) return null;
  const text = { from: textIn(given['from'], 'from'), body: textIn(given['text'], 'text') };
  return incomingText(twilioAccount, webhooks.twilio, text);
}

function personsEvent(given: JsonObject): JsonObject {
  const { channel, from, text, event, suggestion } = given;
  if (channel !== 'RCS') throw new BadRequest('channel must be RCS, SMS, IMESSAGE or PUSH');
  const act = { senderPhoneNumber: textIn(from, 'from'), sendTime: new Date().toISOString() };
  if (text !== undefined) return { ...act, messageId: randomUUID(), text: textIn(text, 'text') };
  const eventId = randomUUID();
  if (event !== undefined) return { ...act, eventId, eventType: textIn(event, 'event') };
  return { ...act, eventId, suggestionResponse: objectIn(suggestion, 'suggestion') };
}

const ok = (body: object): Reply => ({ status: 200, body });

/** The same deeds over HTTP: PUT /profiles/{address}, PUT /faults, POST /inbound, GET /journal ... */
export function controlRoutes(control: Control): (incoming: Incoming) => Promise<Reply> {
  return async (incoming) => {
    try {
      return (await route(control, incoming)) ?? { status: 404, body: { error: 'no such deed' } };
    } catch (error) {
      if (error instanceof BadRequest) return { status: 400, body: { error: error.message } };
      throw error;
    }
  };
}

async function route(control: Control, incoming: Incoming): Promise<Reply | null> {
  const [, noun, id = '', verb] = incoming.path.split('/').map(decodeURIComponent);
  const given = () => parseObject(incoming.body.length === 0 ? '{}' : incoming.body);
  switch (`${incoming.method} ${noun}`) {
    case 'GET profiles':
      return ok(control.profile(id));
    case 'PUT profiles':
      return ok(control.setProfile(id, given()));
    case 'DELETE profiles':
      control.removeProfile(id);
      return ok({});
    case 'GET faults':
      return ok(control.faults());
    case 'PUT faults':
      return ok(control.setFaults(given()));
    case 'PUT webhooks':
      return ok(await control.setWebhooks(given()));
    case 'POST inbound':
      control.inbound(given());
      return ok({});
    case 'POST subscriptions':
      return ok(control.subscribe(subscribingIn(given())));
    case 'DELETE subscriptions':
      control.unsubscribe(id);
      return ok({});
    case 'POST receipts': {
      const receipt = given()['receipt'];
      const word = receipt === undefined ? null : textIn(receipt, 'receipt');
      return verb === 'replay' && control.replay(id, word) ? ok({}) : null;
    }
    case 'GET handsets':
      return ok({ messages: control.handset(id) });
    case 'GET journal':
      return ok({ entries: control.journal(Number(incoming.query.get('from') ?? 1)) });
    case 'GET stats':
      return ok(control.stats());
    case 'POST reset':
      control.reset();
      return ok({});
    default:
      return null;
  }
}

function subscribingIn(given: JsonObject): Subscribing {
  onlyKnown(given, ['id', 'applicationServerKey'], 'a subscription');
  const { id, applicationServerKey: key } = given;
  return {
    id: id === undefined ? null : textIn(id, 'id'),
    applicationServerKey: key === undefined ? null : textIn(key, 'applicationServerKey'),
  };
}
