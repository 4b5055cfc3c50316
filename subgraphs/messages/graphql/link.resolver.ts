// The door to who opened which secure link.
import { Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { publicId } from '../../../schema/ids.ts';
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
