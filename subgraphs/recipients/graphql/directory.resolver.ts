// The door to many recipients, to addresses in clear text, and to the record of who saw them.
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { ApiError } from '../../../platform/errors.ts';
import { pageOf, readPage } from '../../../platform/page.ts';
import { requireScope } from '../../../platform/principal.ts';
import { isUuid, publicId, uuidOf } from '../../../schema/ids.ts';
import {
  hasRegionOrNone,
  RecipientFilterInput,
  REGION_EXPECTED,
} from '../../../schema/recipient-filter.ts';
import type { RecipientsContext } from '../context.ts';
import { isReason, REASON_EXPECTED } from '../../../schema/reason.ts';
import { findAudience } from '../find-audience.ts';
import { findPiiAccesses } from '../store/pii-accesses.ts';
import { PiiAccessConnection, RecipientConnection } from './directory.type.ts';
import { Address } from './recipient.type.ts';

@Resolver(() => Address)
export class DirectoryResolver {
  @Query(() => RecipientConnection, {
    description: 'Recipients, in the order of their registration.',
  })
  async recipients(
    @Arg('first', () => Int, { nullable: true, description: 'From 1 to 100; 50 when missing.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of the item before.' })
    after: string | null,
    @Arg('filter', () => RecipientFilterInput, { nullable: true, description: 'Which ones.' })
    filter: RecipientFilterInput | null,
    @Ctx() { principal, database, clock, loaders }: RecipientsContext,
  ): Promise<RecipientConnection> {
    requireScope(principal, 'recipients:read');
    const page = readPage(first, after, isUuid);
    if (!hasRegionOrNone(filter ?? {})) {
      throw new ApiError('BAD_USER_INPUT', REGION_EXPECTED, { path: ['filter', 'region'] });
    }
    const found = await database.read(principal.tenantId, (tx) =>
      findAudience(tx, principal.tenantId, {
        filter: filter ?? {},
        after: page.after,
        before: null,
        limit: page.first + 1,
        scanMax: null,
        now: clock.now(),
      }),
    );
    const { edges, pageInfo } = pageOf(found.nodes, page, (id) => id);
    const nodes = await loaders.recipient.loadMany(edges.map(({ node }) => node));
    return {
      pageInfo,
      // Whoever was erased between the two statements is not shown.
      edges: edges.flatMap(({ cursor }, index) => {
        const node = nodes[index];
        if (node instanceof Error) throw node;
        return node ? [{ node, cursor }] : [];
      }),
    };
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The address in clear text, for holders of `pii:read`. Each look goes on record first.',
  })
  async value(
    @Root() { id }: Address,
    @Arg('reason', () => String, { description: 'Why it is needed, in up to 200 characters.' })
    reason: string,
    @Ctx() { principal, loaders }: RecipientsContext,
  ): Promise<string | null> {
    requireScope(principal, 'pii:read');
    if (!isReason(reason)) {
      throw new ApiError('BAD_USER_INPUT', REASON_EXPECTED, { path: ['reason'] });
    }
    const addressId = uuidOf('address', id);
    return addressId === null ? null : loaders.unmasked(reason).load(addressId);
  }

  @Query(() => PiiAccessConnection, {
    description: 'Who saw personal data in clear text, newest first.',
  })
  async piiAccesses(
    @Arg('recipientId', () => ID, {
      nullable: true,
      description: 'Whose; everybody’s when missing.',
    })
    recipientId: string | null,
    @Arg('first', () => Int, { nullable: true, description: 'From 1 to 100; 50 when missing.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of the item before.' })
    after: string | null,
    @Ctx() { principal, database }: RecipientsContext,
  ): Promise<PiiAccessConnection> {
    requireScope(principal, 'audit:read');
    const page = readPage(first, after, isUuid);
    const whose = recipientId ? uuidOf('recipient', recipientId) : null;
    const known = !recipientId || whose !== null;
    const found = await database.read(principal.tenantId, (tx) =>
      findPiiAccesses(tx, principal.tenantId, {
        recipientId: whose,
        before: page.after,
        limit: page.first,
      }),
    );
    const { edges, pageInfo } = pageOf(known ? found : [], page, ({ id }) => id);
    return {
      pageInfo,
      edges: edges.map(({ node, cursor }) => ({
        cursor,
        node: {
          ...node,
          recipientId: publicId('recipient', node.recipientId),
          addressId: node.addressId === null ? null : publicId('address', node.addressId),
          at: new Date(node.at),
        },
      })),
    };
  }
}
