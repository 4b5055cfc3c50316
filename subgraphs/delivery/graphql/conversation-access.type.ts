// The record of who read what people wrote, as auditors see it.
import { Field, ID, ObjectType } from 'type-graphql';
import { PageInfo } from '../../../schema/page-info.ts';

@ObjectType({ description: 'Somebody read what a person wrote.' })
export class ConversationAccess {
  @Field(() => ID, { description: 'Who wrote it, `rcp_...`.' })
  readonly recipientId!: string;

  @Field(() => ID, { description: 'What was read, `cve_...`.' })
  readonly entryId!: string;

  @Field({ description: 'Who read it: the subject of the token.' })
  readonly actor!: string;

  @Field({ description: 'Why, in their own words.' })
  readonly reason!: string;

  @Field(() => Date, { description: 'When.' })
  readonly at!: Date;
}

@ObjectType({ description: 'A record of access in a list.' })
export class ConversationAccessEdge {
  @Field(() => ConversationAccess, { description: 'The record.' })
  readonly node!: ConversationAccess;

  @Field({ description: 'Pass it as `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of records of access, newest first.' })
export class ConversationAccessConnection {
  @Field(() => [ConversationAccessEdge], { description: 'The records with their cursors.' })
  readonly edges!: readonly ConversationAccessEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  readonly pageInfo!: PageInfo;
}
