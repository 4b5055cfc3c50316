// A platform with carriers for phones and mail, and people who are sent secure links and codes there.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../platform/free-port.ts';
import { startCarrier, type Carrier } from '../../simulator/index.ts';
import { providerVariables, smtpVariables } from '../../simulator/variables.ts';
import { closedUrl } from './answering-server.ts';
import type { Json } from './parley.ts';
import { startTestPlatform, type TestPlatform } from './platform.ts';
import { linkIn, secureBrowser, type SecureBrowser } from './secure-page.ts';

export const PUBLIC_URL = 'https://link.example';
/** What nobody on the way may read, and what the page shows. */
export const CANARY = 'canary-haemoglobin';
/** What the page masks: it is for devices alone. */
export const SEALED = 'sealed-9000-2002';

export interface LinkedPerson {
  readonly id: string;
  readonly phone: string;
  readonly email: string;
  /** By kind. */
  readonly addressIds: Readonly<Record<'PHONE' | 'EMAIL', string>>;
}

export interface Linked {
  readonly platform: TestPlatform;
  readonly carrier: Carrier;
  /** Somebody with a number and an email address; both are verified unless told otherwise, and may be used. */
  person(over?: {
    verified?: readonly string[];
    channels?: readonly string[];
    tenant?: string;
  }): Promise<LinkedPerson>;
  /** Sends a HIGH message over one channel, and answers its id. */
  send(
    person: LinkedPerson,
    over?: { channel?: 'SMS' | 'EMAIL'; tenant?: string },
  ): Promise<string>;
  /** The text of the newest message that an address shows, once there are `count`. */
  shown(address: string, count?: number): Promise<string>;
  /** The same, and the link in it, in a browser. */
  browser(person: LinkedPerson, channel?: 'SMS' | 'EMAIL'): Promise<SecureBrowser>;
  /** The newest code at an address, once there are `count` messages. */
  codeAt(address: string, count?: number): Promise<string>;
  message(id: string): Promise<Json>;
  stop(): Promise<void>;
}

const NEUTRAL = 'You have a secure message.';

export async function startLinked(): Promise<Linked> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-linked-'));
  const carrier = await startCarrier({});
  const { port: reports } = new URL(await closedUrl());
  const PORT = String(await findFreePort());
  const platform = await startTestPlatform({
    ...(await providerVariables(carrier, join(directory, 'service-account.json'))),
    ...smtpVariables(carrier, Number(reports)),
    PORT,
    PUBLIC_URL,
    PROXY_HOPS: '1',
    CALLBACK_URL: `http://127.0.0.1:${PORT}`,
    ROLES: 'gateway,recipients,consent,messages,delivery,workers',
  });
  for (const tenant of ['acme', 'globex']) {
    for (const channel of ['SMS', 'EMAIL']) await approveResult(platform, channel, tenant);
  }
  const shown = async (address: string, count = 1): Promise<string> => {
    for (;;) {
      const messages = carrier.control.handset(address);
      if (messages.length >= count) return messages.at(-1)?.text ?? '';
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  let numbers = 0;
  const send: Linked['send'] = async ({ id }, { channel = 'SMS', tenant } = {}) => {
    numbers += 1;
    const input = {
      idempotencyKey: `result-${numbers}`,
      recipientId: id,
      template: `result_${channel.toLowerCase()}`,
      variables: [
        { name: 'value', value: CANARY },
        { name: 'account', value: SEALED },
      ],
    };
    const { sendMessage } = await platform.ask(
      `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id }
           errors { __typename ... on UserError { message } } } }`,
      { input },
      tenant,
    );
    if (sendMessage.message === null) throw new Error(JSON.stringify(sendMessage));
    return sendMessage.message.id as string;
  };
  return {
    platform,
    carrier,
    async person({ verified = ['PHONE', 'EMAIL'], channels = ['SMS', 'EMAIL'], tenant } = {}) {
      numbers += 1;
      const phone = `+1415${200 + numbers}${1_000 + numbers}`;
      const person = { phone, email: `ada${numbers}@example.com` };
      const { registerRecipient } = await platform.ask(
        `mutation ($input: RegisterRecipientInput!) { registerRecipient(input: $input) {
           recipient { id addresses { id kind } } } }`,
        { input: { ...person, locale: 'en' } },
        tenant,
      );
      const { id, addresses } = registerRecipient.recipient;
      const addressIds = Object.fromEntries(
        addresses.map((address: Json) => [address.kind, address.id]),
      ) as LinkedPerson['addressIds'];
      for (const kind of verified) {
        await platform.ask(
          `mutation ($id: ID!) { verifyAddress(input: { addressId: $id, method: DOCUMENT }) { errors { __typename } } }`,
          { id: addressIds[kind as 'PHONE'] },
          tenant,
        );
      }
      await platform.ask(
        `mutation ($id: ID!, $channels: [Channel!]!) { recordConsent(input: { recipientId: $id, purpose: TRANSACTIONAL,
           channels: $channels, jurisdiction: "US", method: CHECKBOX, policyVersion: "1", source: WEB }) { errors { __typename } } }`,
        { id, channels },
        tenant,
      );
      return { id, ...person, addressIds };
    },
    send,
    shown,
    async browser(person, channel = 'SMS') {
      const address = channel === 'SMS' ? person.phone : person.email;
      const earlier = carrier.control.handset(address).length;
      await send(person, { channel });
      const text = await shown(address, earlier + 1);
      return secureBrowser(platform.url, linkIn(text));
    },
    async codeAt(address, count = 1) {
      return /\b\d{6}\b/.exec(await shown(address, count))?.[0] ?? '';
    },
    async message(id) {
      const { message } = await platform.ask(
        `query ($id: ID!) { message(id: $id) { status attempts { channel protection state }
           timeline { type status channel provider }
           linkAccesses { kind attemptId occurredAt codeMessage { id reference attempts { channel } } } } }`,
        { id },
      );
      return message;
    },
    async stop() {
      await platform.stop();
      await carrier.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function approveResult(
  platform: TestPlatform,
  channel: string,
  tenant: string,
): Promise<void> {
  const input = {
    name: `result_${channel.toLowerCase()}`,
    type: 'NOTIFICATION',
    purpose: 'TRANSACTIONAL',
    sensitivity: 'HIGH',
    channels: [channel],
    locales: [
      {
        locale: 'en',
        title: 'Your result',
        body: 'It is {{value}} <b>for</b> account {{account}}.',
        neutralText: NEUTRAL,
        actions: [{ id: 'more', label: 'What it means', url: 'https://clinic.example/help' }],
      },
    ],
    variables: [{ name: 'value' }, { name: 'account', sensitive: true, mask: 'LAST4' }],
  };
  const { createTemplate } = await platform.ask(
    `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
       template { id } errors { ... on UserError { message } } } }`,
    { input },
    tenant,
  );
  const move = { templateId: createTemplate.template.id };
  await platform.ask(
    `mutation ($input: MoveTemplateInput!) { submitTemplate(input: $input) { errors { __typename } }
       approveTemplate(input: $input) { errors { __typename } } }`,
    { input: move },
    tenant,
  );
}
