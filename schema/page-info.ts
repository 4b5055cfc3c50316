// Where a page of a list stands: the same for every connection of every subgraph (Relay, Cursor Connections).
import { Directive, Field, ObjectType } from 'type-graphql';

@Directive('@shareable')
@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field({ description: 'Whether there is more behind it.' })
  readonly hasNextPage!: boolean;

  @Field({ description: 'Whether it began after a cursor.' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Of its first item; null without one.' })
  readonly startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Of its last item; null without one.' })
  readonly endCursor!: string | null;
}
