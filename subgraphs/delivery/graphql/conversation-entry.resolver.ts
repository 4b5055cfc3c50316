// The door to what people wrote, in clear text, and to the record of who read it.
import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { assert } from '../../../platform/assert.ts';
import { ApiError } from '../../../platform/errors.ts';
import { pageOf, readPage } from '../../../platform/page.ts';
import { requireScope } from '../../../platform/principal.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import type { DeliveryContext } from '../context.ts';
import { isReason, REASON_EXPECTED } from '../../../schema/reason.ts';
import { findConversationAccesses } from '../store/conversation-accesses.ts';
import { ConversationAccessConnection } from './conversation-access.type.ts';
import { toConversation } from './conversation.resolver.ts';
import { Conversation, ConversationEntry } from './conversation.type.ts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

@Resolver(() => ConversationEntry)
export class ConversationEntryResolver {
  @FieldResolver(() => Conversation, { description: 'Where it was said.' })
  async conversation(
    @Root() { conversationId }: ConversationEntry,
    @Ctx() { loaders }: DeliveryContext,
  ): Promise<Conversation> {
    const found = await loaders.conversation.load(conversationId);
    assert(found !== null, 'an entry stands in a conversation');
    return toConversation(found);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'What the person wrote, for holders of `pii:read`. Each look goes on record first. Null for all but a TEXT, and once the person was erased.',
  })
  async text(
    @Root() { id }: ConversationEntry,
    @Arg('reason', () => String, { description: 'Why it is needed, in up to 200 characters.' })
    reason: string,
    @Ctx() { principal, loaders }: DeliveryContext,
  ): Promise<string | null> {
    requireScope(principal, 'pii:read');
    if (!isReason(reason)) {
      throw new ApiError('BAD_USER_INPUT', REASON_EXPECTED, { path: ['reason'] });
    }
    const uuid = uuidOf('conversationEntry', id);
    return uuid === null ? null : loaders.text(reason).load(uuid);
  }

  @Query(() => ConversationAccessConnection, {
    description: 'Who read what people wrote, newest first.',
  })
  async conversationAccesses(
    @Arg('recipientId', () => ID, {
      nullable: true,
      description: 'By whom it was written; by anybody when missing.',
    })
    recipientId: string | null,
    @Arg('first', () => Int, { nullable: true, description: 'From 1 to 100; 50 when missing.' })
    first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'The cursor of the item before.' })
    after: string | null,
    @Ctx() { principal, database }: DeliveryContext,
  ): Promise<ConversationAccessConnection> {
    requireScope(principal, 'audit:read');
    const page = readPage(first, after, (text) => UUID.test(text));
    const whose = recipientId ? uuidOf('recipient', recipientId) : null;
    const known = !recipientId || whose !== null;
    const found = await database.read(principal.tenantId, (tx) =>
      findConversationAccesses(tx, principal.tenantId, {
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
          recipientId: publicId('recipient', node.recipientId),
          entryId: publicId('conversationEntry', node.entryId),
          actor: node.actor,
          reason: node.reason,
          at: new Date(node.at),
        },
      })),
    };
  }
}
