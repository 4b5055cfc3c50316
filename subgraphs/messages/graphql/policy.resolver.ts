// The door to a tenant's policy: what is in force, what was, and what is to be.
import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql';
import { pageOf, readPage } from '../../../platform/page.ts';
import { requireScope } from '../../../platform/principal.ts';
import { MessageType } from '../../../schema/vocabulary.ts';
import type { MessagesContext } from '../context.ts';
import {
  DEFAULT_VERSION,
  defaultPolicy,
  tenantPolicy,
  type Policy as PolicyData,
  type PolicyChange,
} from '../domain/policy.ts';
import { setPolicy } from '../set-policy.ts';
import { findVersions, newestVersion } from '../store/policy-versions.ts';
import type { PolicyRow } from '../store/policy.table.ts';
import { errorsOf } from './errors.ts';
import {
  Policy,
  PolicyConnection,
  SetPolicyInput,
  SetPolicyPayload,
  type PolicyInput,
} from './policy.type.ts';

@Resolver()
export class PolicyResolver {
  @Query(() => Policy, {
    description: 'What decides how messages are sent: the newest version, or the default.',
  })
  async policy(@Ctx() { principal, database }: MessagesContext): Promise<Policy> {
    requireScope(principal, 'policy:read');
    const { tenantId } = principal;
    const row = await database.read(tenantId, (tx) => newestVersion(tx, tenantId));
    return row === null ? shown(defaultPolicy, null) : versionShown(row);
  }

  @Query(() => PolicyConnection, {
    description: 'The versions of the policy, newest first: who set them, when and why.',
  })
  async policyVersions(
    @Arg('first', () => Int, { nullable: true, description: 'From 1 to 100; 50 when missing.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of the item before.' })
    after: string | null,
    @Ctx() { principal, database }: MessagesContext,
  ): Promise<PolicyConnection> {
    const { tenantId } = principal;
    requireScope(principal, 'policy:read');
    const page = readPage(first, after, (text) => /^[1-9]\d{0,8}$/.test(text));
    const below = page.after === null ? null : Number(page.after);
    const found = await database.read(tenantId, (tx) =>
      findVersions(tx, tenantId, { below, limit: page.first + 1 }),
    );
    const { edges, pageInfo } = pageOf(found, page, ({ number }) => String(number));
    return {
      pageInfo,
      edges: edges.map(({ node, cursor }) => ({ cursor, node: versionShown(node) })),
    };
  }

  @Mutation(() => SetPolicyPayload, {
    description:
      'Changes the policy: the next version, which is in force in every process within seconds. Versions stay.',
  })
  async setPolicy(
    @Arg('input', () => SetPolicyInput, { description: 'What changes, and why.' })
    { basedOn, reason, policy }: SetPolicyInput,
    @Ctx() context: MessagesContext,
  ): Promise<SetPolicyPayload> {
    requireScope(context.principal, 'policy:write');
    const result = await setPolicy(context, { basedOn, reason, change: changeOf(policy) });
    return result.ok
      ? { policy: versionShown(result.value), errors: [] }
      : { policy: null, errors: errorsOf(result.refusals) as SetPolicyPayload['errors'] };
  }
}

/** Plain values of the input, without what was left out. */
export function changeOf(input: PolicyInput): PolicyChange {
  const { scores, types, triesMax, routeWindowMs, backoff, rollouts } = input;
  const { marketingHours, marketingCap, disclosures } = input;
  return {
    ...(scores && {
      scores: scores.map(({ channel, protection, sensitivity, score }) => {
        return { channel, protection: protection ?? null, sensitivity: sensitivity ?? null, score };
      }),
    }),
    ...(types && {
      types: Object.fromEntries(
        types.map(({ type, receiptWindowSeconds, expirySeconds }) => [
          type,
          { receiptWindowSeconds, expirySeconds },
        ]),
      ),
    }),
    ...(typeof triesMax === 'number' && { triesMax }),
    ...(typeof routeWindowMs === 'number' && { routeWindowMs }),
    ...(backoff && { backoff: { baseMs: backoff.baseMs, capMs: backoff.capMs } }),
    ...(disclosures && {
      disclosures: disclosures.map(({ region, channel, purpose, language, sentence }) => {
        return { region: region ?? null, channel, purpose, language: language ?? null, sentence };
      }),
    }),
    ...(marketingCap && {
      marketingCap: { perDay: marketingCap.perDay ?? null, perWeek: marketingCap.perWeek ?? null },
    }),
    ...(marketingHours && {
      marketingHours: marketingHours.map(({ region, open }) => {
        return { region, open: open.map(({ days, from, to }) => ({ days, from, to })) };
      }),
    }),
    ...(rollouts && {
      rollouts: rollouts.map(({ name, channel, protection, percent, regions, carriers }) => {
        return { name, channel, protection: protection ?? null, percent, regions, carriers };
      }),
    }),
  };
}

const versionShown = (row: PolicyRow): Policy => shown(tenantPolicy(row.number, row.content), row);

function shown(policy: PolicyData, row: PolicyRow | null): Policy {
  return {
    ...policy,
    number: row?.number ?? DEFAULT_VERSION,
    types: Object.values(MessageType).map((type) => ({ type, ...policy.types[type] })),
    by: row?.actor ?? null,
    reason: row?.reason ?? null,
    at: row?.createdAt ?? null,
  };
}
