// Pages of messages as GraphQL shows them.
import { Field, ObjectType } from 'type-graphql';
import { PageInfo } from '../../../schema/page-info.ts';
import type { AcceptedMessage } from '../accept-message.ts';
import { Message } from './message.type.ts';

@ObjectType({ description: 'A message in a list.' })
export class MessageEdge {
  @Field(() => Message, { description: 'The message.' })
  readonly node!: AcceptedMessage;

  @Field({ description: 'Pass it as `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of messages.' })
export class MessageConnection {
  @Field(() => [MessageEdge], { description: 'The messages with their cursors.' })
  readonly edges!: readonly MessageEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  readonly pageInfo!: PageInfo;
}
