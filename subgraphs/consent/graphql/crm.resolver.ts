// The door for the tenants' own systems that are told of consents: which they are, how they are, and what they missed.
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { pageOf, readPage } from '../../../platform/page.ts';
import { requireScope } from '../../../platform/principal.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import { CrmDeliveryState } from '../../../schema/vocabulary-crm.ts';
import type * as words from '../../../schema/vocabulary-crm.ts';
import { configureCrmTarget, removeCrmTarget, rotateCrmSecret } from '../configure-crm-target.ts';
import type { ConsentContext } from '../context.ts';
import { isLogIndex } from '../domain/crm/consent-change.ts';
import { replayCrmEvents } from '../replay-crm-events.ts';
import { findDeliveries, type CrmDelivery as DeliveryRow } from '../store/crm-deliveries.ts';
import { findCrmTargets, type CrmTarget as CrmTargetRow } from '../store/crm-targets.ts';
import {
  ConfigureCrmTargetInput,
  ConfigureCrmTargetPayload,
  CrmDeliveryConnection,
  CrmTarget,
  RemoveCrmTargetInput,
  RemoveCrmTargetPayload,
  ReplayCrmEventsInput,
  ReplayCrmEventsPayload,
  RotateCrmSecretInput,
  RotateCrmSecretPayload,
  type CrmDelivery,
} from './crm.type.ts';

@Resolver(() => CrmTarget)
export class CrmResolver {
  @Query(() => [CrmTarget], { description: 'Your own systems that are told of every consent.' })
  async crmTargets(@Ctx() { principal, database }: ConsentContext): Promise<CrmTarget[]> {
    requireScope(principal, 'consent:admin');
    const { tenantId } = principal;
    return (await database.read(tenantId, (tx) => findCrmTargets(tx, tenantId))).map(toTarget);
  }

  @Query(() => CrmDeliveryConnection, {
    description: 'What a system of yours has not taken, in the order of the log.',
  })
  async crmDeliveries(
    @Arg('targetId', () => ID, { description: 'The system, `crm_...`.' })
    targetId: string,
    @Arg('state', () => CrmDeliveryState, { nullable: true, description: 'Those that stand so.' })
    state: words.CrmDeliveryState | null,
    @Arg('first', () => Int, { nullable: true, description: 'From 1 to 100; 50 when missing.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of the item before.' })
    after: string | null,
    @Ctx() { principal, database }: ConsentContext,
  ): Promise<CrmDeliveryConnection> {
    requireScope(principal, 'consent:admin');
    const { tenantId } = principal;
    const page = readPage(first, after, isLogIndex);
    const id = uuidOf('crmTarget', targetId);
    const range = { state, after: BigInt(page.after ?? -1), limit: page.first + 1 };
    const rows =
      id === null
        ? []
        : await database.read(tenantId, (tx) => findDeliveries(tx, { tenantId, id }, range));
    const { edges, pageInfo } = pageOf(rows, page, ({ logIndex }) => String(logIndex));
    return {
      pageInfo,
      edges: edges.map(({ node, cursor }) => ({ cursor, node: toDelivery(node) })),
    };
  }

  @FieldResolver(() => Int, { description: 'Records that it is yet to be told, or told again.' })
  async pendingCount(
    @Root() { id }: CrmTarget,
    @Ctx() { loaders }: ConsentContext,
  ): Promise<number> {
    return (await loaders.crmBacklogs.load(id)).pendingCount;
  }

  @FieldResolver(() => Int, { description: 'Records that only a replay tells again.' })
  async failedCount(
    @Root() { id }: CrmTarget,
    @Ctx() { loaders }: ConsentContext,
  ): Promise<number> {
    return (await loaders.crmBacklogs.load(id)).failedCount;
  }

  @Mutation(() => ConfigureCrmTargetPayload, {
    description: 'Tells a system of yours of every consent from now on, or changes how.',
  })
  async configureCrmTarget(
    @Arg('input', () => ConfigureCrmTargetInput, { description: 'The system.' })
    { targetId = null, name, url, format }: ConfigureCrmTargetInput,
    @Ctx() context: ConsentContext,
  ): Promise<ConfigureCrmTargetPayload> {
    const { principal, webhookSecrets } = context;
    requireScope(principal, 'consent:admin');
    const { tenantId } = principal;
    const request = { tenantId, targetId, name, url, format };
    const { target, secret, errors } = await configureCrmTarget(context, webhookSecrets, request);
    return { target: targetOrNull(target), secret, errors };
  }

  @Mutation(() => RotateCrmSecretPayload, { description: 'Gives a system of yours a new secret.' })
  async rotateCrmSecret(
    @Arg('input', () => RotateCrmSecretInput, { description: 'The system.' })
    { targetId }: RotateCrmSecretInput,
    @Ctx() context: ConsentContext,
  ): Promise<RotateCrmSecretPayload> {
    const { principal, webhookSecrets } = context;
    requireScope(principal, 'consent:admin');
    const { tenantId } = principal;
    const named = { tenantId, targetId };
    const { target, secret, errors } = await rotateCrmSecret(context, webhookSecrets, named);
    return { target: targetOrNull(target), secret, errors };
  }

  @Mutation(() => RemoveCrmTargetPayload, {
    description: 'Tells a system of yours no more, and forgets what it was not told.',
  })
  async removeCrmTarget(
    @Arg('input', () => RemoveCrmTargetInput, { description: 'The system.' })
    { targetId }: RemoveCrmTargetInput,
    @Ctx() context: ConsentContext,
  ): Promise<RemoveCrmTargetPayload> {
    const { principal } = context;
    requireScope(principal, 'consent:admin');
    const errors = await removeCrmTarget(context, { tenantId: principal.tenantId, targetId });
    return { targetId: errors.length === 0 ? targetId : null, errors };
  }

  @Mutation(() => ReplayCrmEventsPayload, {
    description: 'Tells a system of yours once more, with the ids of the first time.',
  })
  async replayCrmEvents(
    @Arg('input', () => ReplayCrmEventsInput, { description: 'From where on.' })
    { targetId, fromLogIndex = null, fromTime }: ReplayCrmEventsInput,
    @Ctx() context: ConsentContext,
  ): Promise<ReplayCrmEventsPayload> {
    const { principal } = context;
    requireScope(principal, 'consent:admin');
    const { target, recordCount, errors } = await replayCrmEvents(context, {
      tenantId: principal.tenantId,
      targetId,
      fromLogIndex,
      fromTime: fromTime?.getTime() ?? null,
    });
    return { target: targetOrNull(target), recordCount, errors };
  }
}

const dateOrNull = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

const targetOrNull = (row: CrmTargetRow | null): CrmTarget | null =>
  row === null ? null : toTarget(row);

/** The counts have resolvers of their own. */
const toTarget = (row: CrmTargetRow): CrmTarget => ({
  id: publicId('crmTarget', row.id),
  name: row.name,
  url: row.url,
  format: row.format,
  isActive: row.active,
  createdAt: new Date(row.createdAt),
  changedAt: new Date(row.changedAt),
  nextLogIndex: String(row.position),
  lastSuccessAt: dateOrNull(row.lastSuccessAt),
  failingSince: dateOrNull(row.failingSince),
  pausedUntil: dateOrNull(row.pausedUntil),
});

const toDelivery = (row: DeliveryRow): CrmDelivery => ({
  consentId: publicId('consent', row.consentId),
  logIndex: String(row.logIndex),
  state: row.state,
  tryCount: row.tries,
  triedAt: new Date(row.triedAt),
  nextTryAt: dateOrNull(row.nextAt),
  lastStatus: row.lastStatus,
  lastProblem: row.lastProblem,
});
