// The doors to who opened which secure link, and to what was erased because its time was over.
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { retentionRunPage } from '../../../platform/retention.ts';
import { publicId } from '../../../schema/ids.ts';
import { RetentionRunConnection, toRetentionRun } from '../../../schema/retention-run.ts';
import type { AcceptedMessage } from '../accept-message.ts';
import type { MessagesContext } from '../context.ts';
import type { LinkAccessRow } from '../store/link-access.table.ts';
import { LinkAccess } from './link.type.ts';
import { Message } from './message.type.ts';

@Resolver(() => Message)
export class MessageLinkResolver {
  @FieldResolver(() => [LinkAccess], {
    description: 'What was done with its secure links, newest first; the newest hundred.',
  })
  linkAccesses(
    @Root() row: AcceptedMessage,
    @Ctx() { principal, loaders }: MessagesContext,
  ): Promise<LinkAccessRow[]> {
    requireScope(principal, 'messages:read');
    return loaders.linkAccesses.load(row.id);
  }
}

@Resolver(() => LinkAccess)
export class LinkAccessResolver {
  @FieldResolver(() => ID)
  attemptId(@Root() row: LinkAccessRow): string {
    return publicId('attempt', row.attemptId);
  }

  @FieldResolver(() => Message)
  async codeMessage(
    @Root() row: LinkAccessRow,
    @Ctx() { loaders }: MessagesContext,
  ): Promise<AcceptedMessage> {
    const found = await loaders.message.load(row.codeMessageId);
    if (found === null) throw new Error('an access keeps the message of its code');
    return found;
  }
}

@Resolver()
export class RetentionResolver {
  @Query(() => RetentionRunConnection, {
    description: 'What messages erased because its time was over, newest first.',
  })
  async messagesRetentionRuns(
    @Arg('first', () => Int, { nullable: true, description: 'From 1 to 100; 50 when missing.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of the item before.' })
    after: string | null,
    @Ctx() { principal, database }: MessagesContext,
  ): Promise<RetentionRunConnection> {
    requireScope(principal, 'audit:read');
    const page = await retentionRunPage(database, principal.tenantId, { first, after });
    return {
      ...page,
      edges: page.edges.map(({ node, cursor }) => ({ cursor, node: toRetentionRun(node) })),
    };
  }
}
