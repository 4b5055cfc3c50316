// The door to what was erased because its time was over.
import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { retentionRunPage } from '../../../platform/retention.ts';
import { RetentionRunConnection, toRetentionRun } from '../../../schema/retention-run.ts';
import type { MessagesContext } from '../context.ts';

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
