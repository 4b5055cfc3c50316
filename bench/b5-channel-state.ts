// B5: a page of 50 of 100,000 people with channels and consents, through the gateway, against direct calls in turn.
// And decisions for 500 people at once.
import { randomBytes, randomUUID } from 'node:crypto';
import { systemClock } from '../platform/clock.ts';
import { createSigner, SIGNATURE_EXTENSION } from '../platform/request-signature.ts';
import { gatherCrowd } from './crowd.ts';
import { median, ratios, report, round } from './figures.ts';
import { IDLE_PROVIDER, openBed, type Json, type RunningPlatform } from './processes.ts';

const PEOPLE = 100_000;
const PAGE = 50;
const DECISIONS = 500;
const ROUNDS = 40;
const SUBGRAPHS = 'recipients,consent,messages,delivery';

const CHANNELS = 'channels { channel reachable reasons protections preferenceRank }';
const CONSENTS = 'consents { purpose channel action occurredAt }';
const page = (fields: string) =>
  `query ($first: Int!, $after: String) { recipients(first: $first, after: $after) {
     edges { node { id ${fields} } } pageInfo { endCursor } } }`;

export async function channelState(): Promise<void> {
  const bed = await openBed();
  try {
    const key = randomBytes(32).toString('base64');
    const apart = { ...IDLE_PROVIDER, GATEWAY_SIGNATURE_KEY: key };
    const platform = await bed.startPlatform({ ...apart, ROLES: `gateway,${SUBGRAPHS}` });
    const crowd = await gatherCrowd(platform, PEOPLE);
    const subgraphs = await bed.startPlatform({ ...apart, ROLES: SUBGRAPHS });
    const direct = directCalls(subgraphs, key);
    const [ours, reference]: [number[], number[]] = [[], []];
    let [mine, theirs]: [string | null, string | null] = [null, null];
    for (let round_ = 0; round_ < ROUNDS; round_ += 1) {
      const gateway = await timed(() => throughGateway(platform, mine));
      const plain = await timed(() => inTurn(direct, theirs));
      if (JSON.stringify(gateway.value.people) !== JSON.stringify(plain.value.people)) {
        throw new Error('void: the two ways answer differently');
      }
      [mine, theirs] = [gateway.value.endCursor, plain.value.endCursor];
      ours.push(gateway.ms);
      reference.push(plain.ms);
    }
    const ratio = ratios(reference, ours);
    const decisions = await timeDecisions(platform, crowd.recipientIds);
    report('B5 channel state', '1.0', {
      ratio: round(ratio.median),
      range: [round(ratio.low), round(ratio.high)],
      pageMs: round(median(ours)),
      directMs: round(median(reference)),
      decisionsOf500Ms: round(decisions),
      recipientsImportedPerSecond: crowd.recipientsPerSecond,
      consentsImportedPerSecond: crowd.consentsPerSecond,
    });
  } finally {
    await bed.close();
  }
}

interface Page {
  readonly people: readonly Json[];
  readonly endCursor: string | null;
}

async function throughGateway(platform: RunningPlatform, after: string | null): Promise<Page> {
  const data = await platform.ask(page(`${CHANNELS} ${CONSENTS}`), { first: PAGE, after });
  const { edges, pageInfo } = data.recipients;
  return { people: edges.map(({ node }: Json) => node), endCursor: pageInfo.endCursor };
}

type Direct = (
  subgraph: string,
  query: string,
  variables: Record<string, unknown>,
) => Promise<Json>;

async function inTurn(direct: Direct, after: string | null): Promise<Page> {
  const { recipients } = await direct('recipients', page(CHANNELS), { first: PAGE, after });
  const nodes = recipients.edges.map(({ node }: Json) => node) as Json[];
  const { _entities: entities } = await direct(
    'consent',
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Recipient { ${CONSENTS} } } }`,
    { of: nodes.map(({ id }) => ({ __typename: 'Recipient', id })) },
  );
  const people = nodes.map((node, index) => ({ ...node, ...entities[index] }));
  return { people, endCursor: recipients.pageInfo.endCursor };
}

function directCalls({ url }: RunningPlatform, key: string): Direct {
  const keys = [Buffer.from(key, 'base64')] as const;
  const sign = createSigner({ keys, clock: systemClock, newId: randomUUID });
  const principal = {
    tenantId: 'demo',
    subject: 'bench',
    scopes: ['recipients:read', 'consent:read'],
    expiresAt: Date.now() / 1_000 + 3_600,
  };
  return async (audience, query, variables) => {
    const operation = { query, variables };
    const scope = { requestId: randomUUID() };
    const signature = sign(operation, { audience, principal, scope });
    const answer = await fetch(`${url}/subgraphs/${audience}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...operation, extensions: { [SIGNATURE_EXTENSION]: signature } }),
    });
    const { data, errors } = (await answer.json()) as Json;
    if (errors) throw new Error(`void: ${JSON.stringify(errors)}`);
    return data;
  };
}

/** The median of many batches, each of other people. Milliseconds. */
async function timeDecisions(platform: RunningPlatform, ids: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let from = 0; from < ROUNDS * DECISIONS; from += DECISIONS) {
    const batch = ids
      .slice(from, from + DECISIONS)
      .map((recipientId) => ({ recipientId, purpose: 'MARKETING', channel: 'SMS' }));
    const { value, ms } = await timed(() =>
      platform.ask(
        'query ($batch: [ConsentQuestionInput!]!) { consentDecisions(batch: $batch) { allowed } }',
        { batch },
      ),
    );
    const allowed = value.consentDecisions.filter((decision: Json) => decision.allowed);
    if (allowed.length !== DECISIONS) throw new Error('void: a consent was not found');
    times.push(ms);
  }
  return median(times);
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const startedAt = performance.now();
  const value = await work();
  return { value, ms: performance.now() - startedAt };
}
