// Carriers on the loopback address that speak the real wires: starts them, and stops them.
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { createAppleMessages } from './apple-messages.ts';
import { appleReports } from './apple-reports.ts';
import { createBehaviour, type Behaviour } from './behaviour.ts';
import { createCallbackQueue, httpCarry, type Carry } from './callbacks.ts';
import { createLoopbackIdentity, type TlsIdentity } from './certificate.ts';
import {
  checkWebhooks,
  controlRoutes,
  createControl,
  type Control,
  type Webhooks,
} from './control.ts';
import type { Wire } from './faults.ts';
import { createHandsets } from './handset.ts';
import { createHistory } from './history.ts';
import { createJournal, type Journal } from './journal.ts';
import { createMessageBook, type ReceiptFormat } from './message-book.ts';
import { createTokenEndpoint, type ServiceAccount } from './oauth.ts';
import { createPushSubscriptions } from './push-subscriptions.ts';
import { createRbmEvents } from './rbm-events.ts';
import { createRbm } from './rbm.ts';
import { listen, type Incoming, type Reply } from './server.ts';
import { createSmppAssembly } from './smpp-assembly.ts';
import { smppReceipts } from './smpp-deliveries.ts';
import { createSmppReceivers } from './smpp-receivers.ts';
import { listenSmpp } from './smpp.ts';
import { mailCarry, smtpReports } from './smtp-reports.ts';
import { listenSmtp } from './smtp.ts';
import { createTimers } from './timers.ts';
import { createTwilioCallbacks } from './twilio-callbacks.ts';
import { createTwilio } from './twilio.ts';
import { webPushReceipts } from './web-push-receipts.ts';
import { contentOf, createWebPush } from './web-push.ts';

export interface CarrierOptions {
  /** Repeats latencies, faults and orders. Ids and keys are fresh each time. */
  readonly seed?: number;
  /** Simulated milliseconds for each real one: 10 makes receipts and expiries ten times as fast. */
  readonly timeScale?: number;
  /** 0, or none: a free one. */
  readonly ports?: Partial<CarrierPorts>;
  readonly credentials?: CarrierCredentials;
  /** A file for the history lines; none: no history. */
  readonly historyPath?: string;
  readonly webhooks?: Partial<Webhooks>;
  /** For benchmarks: only counts, keeps no journal and no handsets. */
  readonly load?: boolean;
}

export interface CarrierPorts {
  readonly rbm: number;
  readonly twilio: number;
  readonly smpp: number;
  readonly smtp: number;
  readonly push: number;
  readonly apple: number;
  readonly control: number;
}

/** What a customer of these carriers has. Handed in again, they outlive a restart. */
export interface CarrierCredentials {
  readonly rbm: {
    readonly agentId: string;
    readonly clientToken: string;
    readonly client_email: string;
    /** PKCS #8 PEM, RSA. */
    readonly private_key: string;
  };
  readonly twilio: {
    readonly accountSid: string;
    readonly authToken: string;
    readonly from: string;
  };
  readonly smpp: {
    readonly systemId: string;
    readonly password: string;
  };
  readonly smtp: {
    readonly user: string;
    readonly password: string;
  };
  /** By which the push service is known. */
  readonly push: TlsIdentity;
  readonly apple: {
    readonly sender: string;
    readonly apiKey: string;
    /** `user:password` of the webhook for what people write. */
    readonly login: string;
  };
}

export interface Carrier {
  readonly ports: CarrierPorts;
  readonly credentials: CarrierCredentials;
  /** The JSON file that Google would give for download. */
  readonly serviceAccount: ServiceAccount;
  readonly control: Control;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 and nowhere else. */
export async function startCarrier(options: CarrierOptions = {}): Promise<Carrier> {
  const credentials = options.credentials ?? (await freshCredentials());
  const parts = createParts(options, credentials);
  const { behaviour, journal, history, timers, books, queues, receivers, assembly } = parts;
  const control = createControl(parts);
  const answers = answersOf(parts, credentials);
  const { ports = {} } = options;
  const rbmServer = await listen(ports.rbm ?? 0, answers.rbm);
  const twilioServer = await listen(ports.twilio ?? 0, answers.twilio);
  const smppServer = await listenSmpp(ports.smpp ?? 0, {
    account: credentials.smpp,
    behaviour,
    journal,
    history,
    receivers,
    assembly,
    book: books.smpp,
  });
  const smtpServer = await listenSmtp(ports.smtp ?? 0, {
    account: credentials.smtp,
    behaviour,
    journal,
    history,
    book: books.smtp,
    reportsTo: () => parts.webhooks.smtp,
  });
  const pushServer = await listen(ports.push ?? 0, answers.push, credentials.push);
  parts.listening.push = pushServer.port;
  const appleServer = await listen(ports.apple ?? 0, answers.apple);
  const controlServer = await listen(ports.control ?? 0, controlRoutes(control));
  return {
    ports: {
      rbm: rbmServer.port,
      twilio: twilioServer.port,
      smpp: smppServer.port,
      smtp: smtpServer.port,
      push: pushServer.port,
      apple: appleServer.port,
      control: controlServer.port,
    },
    credentials,
    serviceAccount: serviceAccountOf(credentials, rbmServer.port),
    control,
    close: async () => {
      control.reset();
      const servers = [
        rbmServer,
        twilioServer,
        smppServer,
        smtpServer,
        pushServer,
        appleServer,
        controlServer,
      ];
      await Promise.all(servers.map((server) => server.close()));
      await Promise.all(Object.values(queues).map((queue) => queue.close()));
      // What was under way while the servers closed may have set new ones.
      timers.clear();
      await history.close();
    },
  };
}

function createParts(options: CarrierOptions, { rbm, twilio, apple }: CarrierCredentials) {
  const webhooks: Webhooks = {
    rbm: null,
    twilio: null,
    smtp: null,
    apple: null,
    ...checkWebhooks(options.webhooks ?? {}),
  };
  const behaviour = createBehaviour(options.seed ?? randomBytes(4).readUInt32LE());
  const timers = createTimers(options.timeScale ?? 1);
  const journal = createJournal(options.load !== true);
  const handsets = createHandsets(options.load !== true);
  const history = createHistory(options.historyPath ?? null);
  const rbmWebhook = { ...rbm, url: () => webhooks.rbm };

  const receivers = createSmppReceivers();
  const assembly = createSmppAssembly();

  const queueOf = (wire: Wire, blocking: boolean, carry: Carry) =>
    createCallbackQueue({ wire, blocking, carry, behaviour, timers, journal });
  const queues = {
    rbm: queueOf('rbm', true, httpCarry()),
    twilio: queueOf('twilio', false, httpCarry()),
    smpp: queueOf('smpp', false, receivers),
    smtp: queueOf('smtp', false, mailCarry()),
    push: queueOf('push', false, httpCarry()),
    apple: queueOf('apple', false, httpCarry()),
  };
  const bookOf = (wire: Wire, format: ReceiptFormat) =>
    createMessageBook({ behaviour, timers, handsets, history, queue: queues[wire] }, format);
  const books = {
    rbm: bookOf('rbm', createRbmEvents(rbmWebhook)),
    twilio: bookOf('twilio', createTwilioCallbacks(twilio)),
    smpp: bookOf('smpp', smppReceipts),
    smtp: bookOf('smtp', smtpReports),
    push: bookOf('push', webPushReceipts),
    apple: bookOf('apple', appleReports),
  };
  const listening = { push: 0 };
  const subscriptions = createPushSubscriptions(() => `https://127.0.0.1:${listening.push}`);
  const accounts = { rbmWebhook, twilioAccount: twilio, receivers, assembly, subscriptions };
  const infobipWebhook = { ...apple, url: () => webhooks.apple };
  const kept = { journal, handsets, history, queues, books, listening };
  return { webhooks, behaviour, timers, infobipWebhook, ...kept, ...accounts };
}

/** What the wires over HTTP answer. */
function answersOf(
  { behaviour, journal, history, books, subscriptions }: ReturnType<typeof createParts>,
  { rbm, twilio, apple }: CarrierCredentials,
) {
  const parts = { behaviour, history };
  const observed = observer(behaviour, journal);
  const tokens = createTokenEndpoint(rbm);
  const { agentId } = rbm;
  const opened = (incoming: Incoming): string =>
    JSON.stringify(contentOf(incoming, subscriptions.find(incoming.path)));
  return {
    rbm: observed('rbm', createRbm({ ...parts, agentId, tokens, book: books.rbm })),
    twilio: observed('twilio', createTwilio({ ...parts, ...twilio, book: books.twilio })),
    apple: observed('apple', createAppleMessages({ ...parts, ...apple, book: books.apple })),
    push: observed('push', createWebPush({ ...parts, subscriptions, book: books.push }), opened),
  };
}

type Answering = (incoming: Incoming) => Reply | Promise<Reply>;

/** Adds the wire's latency to each answer, and writes it down. */
function observer(
  behaviour: Behaviour,
  journal: Journal,
): (wire: Wire, answer: Answering, bodyOf?: (incoming: Incoming) => string) => Answering {
  const plain = ({ body }: Incoming): string => body.toString();
  return (wire, answer, bodyOf = plain) =>
    async (incoming) => {
      const latencyMs = behaviour.latencyMs(wire);
      if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
      const reply = await answer(incoming);
      journal.write({
        wire,
        direction: 'in',
        method: incoming.method,
        path: incoming.path,
        status: typeof reply === 'object' ? reply.status : reply,
        body: bodyOf(incoming),
      });
      return reply;
    };
}

async function freshCredentials(): Promise<CarrierCredentials> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return {
    rbm: {
      agentId: 'parley-agent',
      clientToken: randomBytes(24).toString('base64url'),
      client_email: 'parley@simulator.invalid',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
    twilio: {
      accountSid: `AC${randomBytes(16).toString('hex')}`,
      authToken: randomBytes(16).toString('hex'),
      from: '+14155550000',
    },
    smpp: { systemId: 'parley', password: randomBytes(4).toString('hex') },
    smtp: { user: 'parley', password: randomBytes(16).toString('hex') },
    push: createLoopbackIdentity(Date.now()),
    apple: {
      sender: '1b671a64-40d5-491e-99b0-da01ff1f3341',
      apiKey: randomBytes(16).toString('hex'),
      login: `parley:${randomBytes(16).toString('hex')}`,
    },
  };
}

function serviceAccountOf({ rbm }: CarrierCredentials, port: number): ServiceAccount {
  const { client_email, private_key } = rbm;
  const token_uri = `http://127.0.0.1:${port}/token`;
  return { type: 'service_account', client_email, private_key, token_uri };
}
