// The door to suppression lists: addresses put on, taken off, and shown by their pseudonyms.
import { Arg, Ctx, Int, Mutation, Query, Resolver } from 'type-graphql';
import { pageOf, readPage } from '../../../platform/page.ts';
import { requireScope } from '../../../platform/principal.ts';
import { publicId } from '../../../schema/ids.ts';
import type { ConsentContext } from '../context.ts';
import { findSuppressions, type Suppression as Entry } from '../store/suppressions.ts';
import { liftSuppression, suppressAddresses } from '../suppress-addresses.ts';
import {
  LiftSuppressionInput,
  LiftSuppressionPayload,
  SuppressAddressesInput,
  SuppressAddressesPayload,
  SuppressionConnection,
  SuppressionFilterInput,
  type Suppression,
} from './suppression.type.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

@Resolver()
export class SuppressionResolver {
  @Mutation(() => SuppressAddressesPayload, {
    description:
      'Puts up to 1,000 addresses on a suppression list. In effect when this answers; the same rows again change nothing.',
  })
  async suppressAddresses(
    @Arg('input', () => SuppressAddressesInput, { description: 'The list and its addresses.' })
    { list, region, channel, purpose, source, rows }: SuppressAddressesInput,
    @Ctx() context: ConsentContext,
  ): Promise<SuppressAddressesPayload> {
    const { principal } = context;
    requireScope(principal, 'consent:write');
    const result = await suppressAddresses(context, {
      tenantId: principal.tenantId,
      actor: principal.subject,
      list,
      region: region ?? null,
      channel: channel ?? null,
      purpose: purpose ?? null,
      source,
      rows: rows.map(({ phone, email, from, until }) => ({
        phone: phone ?? null,
        email: email ?? null,
        from: from?.getTime() ?? null,
        until: until?.getTime() ?? null,
      })),
    });
    return {
      results: result.rows.map(({ suppression, replayed, errors }) => ({
        suppression: suppression && toSuppression(suppression),
        replayed,
        errors,
      })),
      addedCount: result.rows.filter((row) => row.suppression !== null && !row.replayed).length,
      errors: result.errors,
    };
  }

  @Mutation(() => LiftSuppressionPayload, {
    description: 'Takes an entry off its list. It stays as evidence.',
  })
  async liftSuppression(
    @Arg('input', () => LiftSuppressionInput, { description: 'The entry.' })
    { suppressionId }: LiftSuppressionInput,
    @Ctx() context: ConsentContext,
  ): Promise<LiftSuppressionPayload> {
    const { tenantId, subject: actor } = context.principal;
    requireScope(context.principal, 'consent:write');
    const lifted = await liftSuppression(context, { tenantId, suppressionId, actor });
    return { ...lifted, suppression: lifted.suppression && toSuppression(lifted.suppression) };
  }

  @Query(() => SuppressionConnection, {
    description: 'Entries of suppression lists, in the order of their recording.',
  })
  async suppressions(
    @Arg('first', () => Int, { nullable: true, description: 'From 1 to 100; 50 when missing.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of the item before.' })
    after: string | null,
    @Arg('filter', () => SuppressionFilterInput, { nullable: true, description: 'Which ones.' })
    filter: SuppressionFilterInput | null,
    @Ctx() { principal, database }: ConsentContext,
  ): Promise<SuppressionConnection> {
    requireScope(principal, 'audit:read');
    const page = readPage(first, after, (text) => UUID.test(text));
    const found = await database.read(principal.tenantId, (tx) =>
      findSuppressions(tx, principal.tenantId, {
        list: filter?.list ?? null,
        region: filter?.region ?? null,
        isStanding: filter?.isStanding ?? null,
        after: page.after,
        limit: page.first,
      }),
    );
    const { edges, pageInfo } = pageOf(found, page, ({ id }) => id);
    return {
      pageInfo,
      edges: edges.map(({ node, cursor }) => ({ cursor, node: toSuppression(node) })),
    };
  }
}

function toSuppression(entry: Entry): Suppression {
  return {
    ...entry,
    id: publicId('suppression', entry.id),
    from: new Date(entry.from),
    until: entry.until === null ? null : new Date(entry.until),
    recordedAt: new Date(entry.recordedAt),
    liftedAt: entry.liftedAt === null ? null : new Date(entry.liftedAt),
  };
}
