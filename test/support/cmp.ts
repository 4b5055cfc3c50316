// A consent management platform for tests: the part's own door over HTTP, sources that are configured, and what is on record.
import { expect } from '@jest/globals';
import { exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import supertest from 'supertest';
import { signWebhook } from '../../crypto/webhook-signature.ts';
import { createHttpServer } from '../../platform/http-server.ts';
import { createWebhookSecrets } from '../../subgraphs/consent/webhook-secrets.ts';
import type { ConsentDeps } from '../../subgraphs/consent/deps.ts';
import { cmpCallback, cmpToken } from '../../subgraphs/consent/http/cmp-callback.ts';
import type { StoredSecret } from '../../subgraphs/consent/store/cmp-sources.ts';
import { consentSubjects, deviceOwners } from '../../subgraphs/recipients/facts.ts';
import { createPseudonyms } from '../../subgraphs/recipients/pseudonyms.ts';
import { consentsOf } from './consents.ts';
import { openOutside } from './outside.ts';
import { CONSENT_SETTINGS, startPeople, type People } from './people.ts';
import { recordingLog } from './recording-log.ts';

export const ADMIN = { scopes: ['consent:admin'] };
export const RCS_AND_SMS = { purpose: 'MARKETING', channels: ['RCS', 'SMS'] };
const DIDOMI_PURPOSES = [
  { code: 'marketing_messages', ...RCS_AND_SMS },
  { code: 'cookies' },
  { code: 'analytics', purpose: 'ANALYTICS', channels: ['SMS'] },
];
export const ONETRUST_PURPOSE = 'aa978afe-bbe9-4419-8fa9-f3691f1046c3';

export interface Recorded {
  readonly subject: string;
  readonly channel: string;
  readonly recipient_id: string | null;
  readonly regulation: string;
}

export interface KeptEvent {
  readonly id: string;
  readonly sealed: Buffer;
  readonly wrapped: StoredSecret;
}

export interface Sending {
  readonly id?: string;
  readonly secret?: string;
  readonly tenant?: string;
  /** Milliseconds since 1970. */
  readonly at?: number;
}

export type CmpHarness = Awaited<ReturnType<typeof startCmp>>;

/** The tenant `acme` listens to all three formats. */
export async function startCmp() {
  const people = await startPeople();
  const { log, lines } = recordingLog();
  const deps: ConsentDeps = {
    ...people.work,
    log,
    database: people.databases.consent,
    ports: { ...createPseudonyms(people), consentSubjects, deviceOwners },
    random: Math.random,
    outside: openOutside(),
    settings: CONSENT_SETTINGS,
  };
  const open = createWebhookSecrets(people.kms);
  const server = createHttpServer({
    routes: [cmpCallback(deps, open), cmpToken(deps, open)],
    readiness: {},
    log,
    newId: () => 'incident',
  });
  const request = supertest(`http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`);
  const keys = await generateKeyPair('RS512', { extractable: true });
  const configure = configureOf(people);
  const publicKey = await jwkOf(keys.publicKey);
  const purposes = [{ code: ONETRUST_PURPOSE, ...RCS_AND_SMS }];
  await configure({ format: 'ONETRUST', purposes, publicKeys: [publicKey] });
  const secrets = {
    generic: (await configure({ format: 'GENERIC' })).secret as string,
    didomi: (await configure({ format: 'DIDOMI', purposes: DIDOMI_PURPOSES })).secret as string,
  };
  const records = (): Promise<Recorded[]> =>
    people.sql('select * from consent.consent_event order by log_index');
  const events = (): Promise<KeptEvent[]> =>
    people.sql('select * from consent.cmp_event order by received_at, id');
  let sent = 0;
  return {
    people,
    deps,
    request,
    lines,
    keys,
    publicKey,
    secrets,
    configure,
    records,
    events,
    /** Sends an event of the platform's own form, signed. */
    send(body: object | string, { id, secret, tenant = 'acme', at }: Sending = {}) {
      sent += 1;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const timestamp = String(Math.floor((at ?? people.clock.time) / 1000));
      const webhook = { id: id ?? `msg_${sent}`, timestamp, body: text };
      return request
        .post(`/cmp/${tenant}/generic`)
        .set('webhook-id', webhook.id)
        .set('webhook-timestamp', timestamp)
        .set('webhook-signature', signWebhook([secret ?? secrets.generic], webhook))
        .set('content-type', 'application/json')
        .send(text);
    },
    marketing: async (recipientId: string, over: object = {}): Promise<boolean> =>
      (await consentsOf(people).decide(recipientId, { purpose: 'MARKETING', ...over })).allowed,
    /** It is answered so, and nothing was written. */
    async expectRefused(answer: supertest.Test, status: number, body: object): Promise<void> {
      const before = [(await records()).length, (await events()).length];
      const { status: actual, body: told } = await answer;
      expect({ status: actual, body: told }).toMatchObject({ status, body });
      expect([(await records()).length, (await events()).length]).toEqual(before);
    },
    async close(): Promise<void> {
      await server.close(1_000);
      await people.close();
    },
  };
}

/** A key as its owner would write it. */
export const jwkOf = async (key: CryptoKey): Promise<string> =>
  JSON.stringify({ ...(await exportJWK(key)), kid: 'k1', alg: 'RS512' });

const configureOf =
  (people: People) =>
  async (over: object, asker: object = ADMIN) => {
    const input = {
      purposes: [{ code: 'marketing_rcs', ...RCS_AND_SMS }],
      jurisdiction: 'US',
      policyVersion: '2026-11',
      ...over,
    };
    const { data, errors } = await people.ask(
      'consent',
      `mutation ($input: ConfigureCmpSourceInput!) { configureCmpSource(input: $input) {
         source { format path } secret errors { __typename ... on UserError { code path } } } }`,
      { input },
      asker,
    );
    return errors ? { code: errors[0]?.extensions['code'] } : data.configureCmpSource;
  };
