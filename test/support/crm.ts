// A tenant's own systems for tests: real receivers that are told of consents, by the jobs that tell them.
import { verifyWebhook } from '../../crypto/webhook-signature.ts';
import type { OutsideClient } from '../../platform/outside-client.ts';
import type { ConsentDeps } from '../../subgraphs/consent/deps.ts';
import { followConsents } from '../../subgraphs/consent/jobs/follow-consents.ts';
import { pushDueTargets } from '../../subgraphs/consent/jobs/push-due-targets.ts';
import { createWebhookSecrets } from '../../subgraphs/consent/webhook-secrets.ts';
import { consentSubjects, deviceOwners } from '../../subgraphs/recipients/facts.ts';
import { createPseudonyms } from '../../subgraphs/recipients/pseudonyms.ts';
import { startAnsweringServer, type AnsweringServer } from './answering-server.ts';
import { consentsOf } from './consents.ts';
import { caughtUp, ran } from './jobs.ts';
import { openOutside } from './outside.ts';
import { CONSENT_SETTINGS, startPeople, type Asker, type People } from './people.ts';
import { recordingLog } from './recording-log.ts';

export const ADMIN = { scopes: ['consent:admin'] };

const TARGET = `id name url format isActive nextLogIndex lastSuccessAt failingSince pausedUntil
  pendingCount failedCount`;
const ERRORS = 'errors { __typename ... on UserError { code path message } }';

/** What a receiver was told, read and proven as it would. */
export interface Told {
  readonly id: string;
  // Tests reach into it by name.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
  /** Seconds since 1970. */
  readonly timestamp: string;
}

export type Crm = Awaited<ReturnType<typeof startCrm>>;

export async function startCrm() {
  const people = await startPeople();
  const { log, lines } = recordingLog();
  const outside = openOutside();
  const deps: ConsentDeps = {
    ...people.work,
    log,
    database: people.databases.consent,
    ports: { ...createPseudonyms(people), consentSubjects, deviceOwners },
    random: () => 0.5,
    outside,
    settings: { ...CONSENT_SETTINGS, checkpointMs: 60_000 },
  };
  const receivers: AnsweringServer[] = [];
  const followed = () => caughtUp(people, followConsents(deps), { name: 'crm', source: 'consent' });
  const due = 'select 1 from consent.task where due_at <= now()';
  const secrets = createWebhookSecrets(people.kms);
  /** A worker that stops ends what it has in hand, after which more may be due at once. */
  const pushed = async (over: Partial<ConsentDeps> = {}): Promise<void> => {
    do await ran(people, pushDueTargets({ ...deps, ...over }, secrets), due);
    while ((await people.sql(due)).length > 0);
  };
  return {
    people,
    deps,
    lines,
    consents: consentsOf(people),
    ...mutationsOf(people),
    followed,
    pushed,
    /** What was recorded is told to whoever can be told now. */
    async told(): Promise<void> {
      await followed();
      await pushed();
    },
    /** Time goes on, and the tasks' with it. */
    async later(ms: number): Promise<void> {
      people.clock.time += ms;
      await people.sql(`update consent.task set due_at = due_at - $1 * interval '1 ms'`, [ms]);
    },
    /** A receiver that takes everything, until it is told otherwise. */
    async receiver(): Promise<AnsweringServer> {
      const server = await startAnsweringServer();
      server.answer = () => ({ status: 204, body: '' });
      receivers.push(server);
      return server;
    },
    async close(): Promise<void> {
      await outside.close();
      await Promise.all(receivers.map((receiver) => receiver.close()));
      await people.close();
    },
  };
}

/** All that a receiver got, each verified with its secret at the time that it names. Throws for one that is forged. */
export function toldTo({ requests }: AnsweringServer, secret: string): Told[] {
  return requests.map(({ headers, body }) => {
    const header = (name: string): string => String(headers[name]);
    const [id, timestamp] = [header('webhook-id'), header('webhook-timestamp')];
    const signature = header('webhook-signature');
    verifyWebhook([secret], { id, timestamp, body, signature }, Number(timestamp) * 1_000);
    return { id, timestamp, body: JSON.parse(body.toString()) };
  });
}

/** Sends, and then the process is gone before it knows. */
export const dying = (outside: OutsideClient): OutsideClient => ({
  ...outside,
  request: async (request) => {
    await outside.request(request);
    throw new Error('the worker died');
  },
});

const mutationsOf = (people: People) => {
  const deed =
    (name: string, fields: string) =>
    async (input: object, asker: Asker = ADMIN) => {
      const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
      const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} ${ERRORS} } }`;
      const { data, errors } = await people.ask('consent', document, { input }, asker);
      return errors ? { code: errors[0]?.extensions['code'] } : data[name];
    };
  const configure = deed('configureCrmTarget', `secret target { ${TARGET} }`);
  return {
    configure: (over: object, asker?: Asker) =>
      configure({ name: 'CRM', format: 'GENERIC', ...over }, asker),
    rotate: deed('rotateCrmSecret', `secret target { ${TARGET} }`),
    remove: deed('removeCrmTarget', 'targetId'),
    replay: deed('replayCrmEvents', `recordCount target { ${TARGET} }`),
    async targets(asker: Asker = ADMIN) {
      const { data, errors } = await people.ask(
        'consent',
        `{ crmTargets { ${TARGET} } }`,
        {},
        asker,
      );
      return errors ? { code: errors[0]?.extensions['code'] } : data.crmTargets;
    },
    async deliveries(variables: object, asker: Asker = ADMIN) {
      const { data, errors } = await people.ask(
        'consent',
        `query ($targetId: ID!, $state: CrmDeliveryState, $first: Int, $after: String) {
           crmDeliveries(targetId: $targetId, state: $state, first: $first, after: $after) {
             edges { cursor node { consentId logIndex state tryCount nextTryAt lastStatus lastProblem } }
             pageInfo { hasNextPage endCursor } } }`,
        variables,
        asker,
      );
      return errors ? { code: errors[0]?.extensions['code'] } : data.crmDeliveries;
    },
  };
};
