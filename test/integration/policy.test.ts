// Policies on a real database: versions that nobody overtakes unseen, in force in every process, and no statement a message.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { assert } from '../../platform/assert.ts';
import type { Decision } from '../../subgraphs/messages/domain/decision.ts';
import type { RouteScore } from '../../subgraphs/messages/domain/policy.ts';
import { defaultPolicy, tenantPolicy } from '../../subgraphs/messages/domain/policy.ts';
import { replay } from '../../subgraphs/messages/domain/replay.ts';
import { Policies } from '../../subgraphs/messages/policies.ts';
import { newestVersion } from '../../subgraphs/messages/store/policy-versions.ts';
import { deeds } from '../support/people.ts';
import { forgetPolicies, setPolicy as setPolicyOf } from '../support/policies.ts';
import { scripted, startSending, type Sending } from '../support/sending.ts';

let sending: Sending;
beforeAll(async () => {
  sending = await startSending([scripted('carrier', 'RCS'), scripted('texts', 'SMS')]);
}, 60_000);
afterAll(() => sending.close());
// Each test begins without a policy of the tenant's own.
beforeEach(() => forgetPolicies(sending));

const setPolicy = (policy: object, basedOn = 0, reason = 'a test') =>
  setPolicyOf(sending, policy, { basedOn, reason });
const POLICY = `version number triesMax routeWindowMs backoff { baseMs capMs } by reason at
  scores { channel protection sensitivity score }
  types { type receiptWindowSeconds expirySeconds }`;

/** SMS before everything. */
const textsFirst: RouteScore[] = defaultPolicy.scores.map((entry) =>
  entry.channel === 'SMS' ? { ...entry, score: 1_000 } : entry,
);

const sent = async (recipientId: string) => {
  const { sendMessage } = await sending.ask(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id
       decision { policyVersion candidates { channel rank } } } } }`,
    { input: { idempotencyKey: randomUUID(), recipientId, template: 'both' } },
  );
  return sendMessage.message;
};

describe('a policy', () => {
  it('is the default where the tenant has set none', async () => {
    const { policy } = await sending.ask(`{ policy { ${POLICY} } }`, {});
    expect(policy).toMatchObject({ version: 'default-1', number: 0, triesMax: 3, by: null });
    expect(policy.scores).toEqual(defaultPolicy.scores);
    expect(policy.types).toContainEqual({ type: 'OTP', ...defaultPolicy.types.OTP });
  });

  it('changes in the parts that are given; every version stays, with who set it and why', async () => {
    expect(await setPolicy({ triesMax: 2 }, 0, 'fewer tries')).toMatchObject({
      policy: { version: 'tenant-1', number: 1, triesMax: 2, reason: 'fewer tries' },
      errors: [],
    });
    const types = [{ type: 'OTP', receiptWindowSeconds: 20, expirySeconds: 300 }];
    expect(await setPolicy({ types }, 1, 'slower codes')).toMatchObject({ policy: { number: 2 } });
    const { policy, policyVersions } = await sending.ask(
      `{ policy { ${POLICY} }
         policyVersions(first: 1) { edges { cursor node { number reason by } } pageInfo { hasNextPage } } }`,
      {},
    );
    expect(policy).toMatchObject({ number: 2, triesMax: 2, scores: defaultPolicy.scores });
    expect(policy.types).toContainEqual(types[0]);
    expect(policy.types).toContainEqual({ type: 'ALERT', ...defaultPolicy.types.ALERT });
    expect(policyVersions.edges).toMatchObject([{ node: { number: 2, reason: 'slower codes' } }]);
    expect(policyVersions.pageInfo.hasNextPage).toBe(true);
    const { policyVersions: older } = await sending.ask(
      `query ($after: String) { policyVersions(after: $after) { edges { node { number reason } } } }`,
      { after: policyVersions.edges[0].cursor },
    );
    expect(older.edges).toEqual([{ node: { number: 1, reason: 'fewer tries' } }]);
  });

  it('is not changed by who has not seen the last change', async () => {
    await setPolicy({ triesMax: 2 });
    expect(await setPolicy({ triesMax: 4 }, 0)).toMatchObject({
      policy: null,
      errors: [{ __typename: 'WrongState', path: ['basedOn'] }],
    });
    const both = await Promise.all([setPolicy({ triesMax: 4 }, 1), setPolicy({ triesMax: 5 }, 1)]);
    expect(both.filter(({ policy }) => policy !== null)).toHaveLength(1);
  });

  it('is refused with a path and a sentence for each thing that is wrong', async () => {
    const scores = [...textsFirst.slice(1), { ...textsFirst[0], score: -1 }];
    const types = [{ type: 'OTP', receiptWindowSeconds: 5, expirySeconds: 300 }];
    const wrong = { scores, types, triesMax: 9, backoff: { baseMs: 500, capMs: 200 } };
    const { policy, errors } = await setPolicy(wrong, 0, ' ');
    expect(policy).toBeNull();
    expect(errors.map(({ path }: { path: string[] }) => path.join('.'))).toEqual([
      'reason',
      'policy.scores.7.score',
      'policy.types.OTP.receiptWindowSeconds',
      'policy.triesMax',
      'policy.backoff.capMs',
    ]);
    expect(errors[2].message).toBe('It lies within 10 to 120.');
  });

  it('is neither read nor set without its scope', async () => {
    const asked = (source: string, scopes: string[]) => sending.ask(source, {}, { scopes });
    await expect(asked(`{ policy { number } }`, ['policy:write'])).rejects.toThrow('FORBIDDEN');
    await expect(
      asked(
        `mutation { setPolicy(input: { basedOn: 0, reason: "r", policy: {} }) { errors { __typename } } }`,
        ['policy:read'],
      ),
    ).rejects.toThrow('FORBIDDEN');
  });

  it('cannot be changed by the program once it was set', async () => {
    const write = (sql: string) =>
      sending.people.databases.messages.transaction('acme', (tx) => tx.query(sql));
    await setPolicy({ triesMax: 2 });
    await expect(write(`update messages.policy set actor = ''`)).rejects.toThrow('permission');
    await expect(write(`delete from messages.policy`)).rejects.toThrow('permission');
  });
});

describe('a message', () => {
  it('is decided by its tenant’s policy, and names the version', async () => {
    const recipientId = await sending.newRecipient();
    const before = await sent(recipientId);
    expect(before.decision.policyVersion).toBe('default-1');
    expect(before.decision.candidates[0]).toEqual({ channel: 'RCS', rank: 1 });
    await setPolicy({ scores: textsFirst });
    const after = await sent(recipientId);
    expect(after.decision.policyVersion).toBe('tenant-1');
    expect(after.decision.candidates[0]).toEqual({ channel: 'SMS', rank: 1 });
  });

  it('is decided again the same from what its record and that version hold', async () => {
    const recipientId = await sending.newRecipient();
    await setPolicy({ scores: textsFirst });
    await sent(recipientId);
    const { people } = sending;
    const [row] = await people.sql<{ decision: Decision }>(
      `select decision from messages.message order by created_at desc, id desc limit 1`,
    );
    assert(row !== undefined, 'the message is there');
    const version = await people.databases.messages.read('acme', (tx) => newestVersion(tx, 'acme'));
    const { candidates } = row.decision;
    expect(replay(row.decision, tenantPolicy(1, version?.content ?? {}))).toEqual(candidates);
    expect(replay(row.decision, defaultPolicy)).not.toEqual(candidates);
  });

  it('costs no statement for the policy once that is known, and a change is known at once', async () => {
    const recipientId = await sending.newRecipient();
    await sent(recipientId);
    const counted = async () => {
      sending.people.statements.messages.length = 0;
      await sent(recipientId);
      return deeds(sending.people.statements.messages);
    };
    const known = await counted();
    expect(known.filter((sql) => sql.includes('messages.policy'))).toEqual([]);
    await setPolicy({ triesMax: 2 });
    expect(await counted()).toHaveLength(known.length + 1);
    expect(await counted()).toHaveLength(known.length);
  });

  it('would be decided otherwise by a draft, which nothing but the dry run sees', async () => {
    const recipientId = await sending.newRecipient();
    const explained = async (policy: object) => {
      const { explainNegotiation } = await sending.ask(
        `query ($input: ExplainNegotiationInput!, $policy: PolicyInput) {
           explainNegotiation(input: $input, policy: $policy) {
             decision { policyVersion candidates { channel } weighed { sensitivity hasDeviceKey } }
             errors { ... on UserError { path } } } }`,
        { input: { recipientId, template: 'both' }, policy },
      );
      return explainNegotiation;
    };
    const { decision } = await explained({ scores: textsFirst });
    expect(decision).toMatchObject({
      policyVersion: 'draft',
      weighed: { sensitivity: 'LOW', hasDeviceKey: false },
    });
    expect(decision.candidates[0].channel).toBe('SMS');
    expect(await explained({ triesMax: 0 })).toEqual({
      decision: null,
      errors: [{ path: ['policy', 'triesMax'] }],
    });
    expect((await sent(recipientId)).decision.policyVersion).toBe('default-1');
  });
});

describe('policies that a process keeps', () => {
  const inForce = (policies: Policies, tenants: string[]) =>
    sending.people.databases.messages.acrossTenants(async (tx) => {
      const policyOf = await policies.of(tx, tenants);
      return tenants.map((tenant) => policyOf(tenant).version);
    });

  it('are those of many tenants for one statement, each its own', async () => {
    const { clock, work, statements } = sending.people;
    await setPolicy({ triesMax: 2 });
    const policies = new Policies({ clock, bus: work.bus });
    statements.messages.length = 0;
    expect(await inForce(policies, ['acme', 'globex'])).toEqual(['tenant-1', 'default-1']);
    expect(deeds(statements.messages)).toHaveLength(1);
    expect(await inForce(policies, ['globex', 'acme'])).toEqual(['default-1', 'tenant-1']);
    expect(deeds(statements.messages)).toHaveLength(1);
  });

  it('are read again after five seconds, where the bus lost the news', async () => {
    const { clock } = sending.people;
    const deaf = { wake: () => {}, listen: () => () => {}, close: async () => {} };
    const policies = new Policies({ clock, bus: deaf });
    expect(await inForce(policies, ['acme'])).toEqual(['default-1']);
    await setPolicy({ triesMax: 2 });
    expect(await inForce(policies, ['acme'])).toEqual(['default-1']);
    clock.time += 5_000;
    expect(await inForce(policies, ['acme'])).toEqual(['tenant-1']);
  });
});
