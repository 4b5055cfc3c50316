// Pages of recipients, and the record of who saw personal data, as GraphQL shows them.
import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { PageInfo } from '../../../schema/page-info.ts';
import { Channel, PiiAction, Tristate } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import { Recipient } from './recipient.type.ts';

@InputType({ description: 'How a channel is to stand.' })
export class ChannelFilterInput {
  @Field(() => Channel, { description: 'The channel.' })
  readonly channel!: words.Channel;

  @Field(() => Tristate, {
    nullable: true,
    description: 'What is believed of it; a report that has run out is UNKNOWN.',
  })
  readonly supported?: words.Tristate | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether a message could take it now.' })
  readonly isReachable?: boolean | null;
}

@InputType({ description: 'Which recipients; all that is given must hold.' })
export class RecipientFilterInput {
  @Field(() => String, { nullable: true, description: 'Two letters by ISO 3166-1.' })
  readonly region?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The carrier, as registered or as a source named it.',
  })
  readonly carrier?: string | null;

  @Field(() => ChannelFilterInput, { nullable: true, description: 'How a channel stands.' })
  readonly channel?: ChannelFilterInput | null;
}

@ObjectType({ description: 'A recipient in a list.' })
export class RecipientEdge {
  @Field(() => Recipient, { description: 'The recipient.' })
  readonly node!: Recipient;

  @Field({ description: 'Pass it as `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of recipients, in the order of their registration.' })
export class RecipientConnection {
  @Field(() => [RecipientEdge], { description: 'The recipients with their cursors.' })
  readonly edges!: readonly RecipientEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  readonly pageInfo!: PageInfo;
}

@ObjectType({ description: 'That somebody saw personal data in clear text.' })
export class PiiAccess {
  @Field(() => PiiAction, { description: 'What they saw.' })
  readonly action!: words.PiiAction;

  @Field(() => ID, { description: 'Whose data, `rcp_...`.' })
  readonly recipientId!: string;

  @Field(() => ID, { nullable: true, description: 'Which address, `adr_...`; null: all of them.' })
  readonly addressId!: string | null;

  @Field({ description: 'Who: the subject of the token.' })
  readonly actor!: string;

  @Field({ description: 'Why, in their own words.' })
  readonly reason!: string;

  @Field(() => Date, { description: 'When.' })
  readonly at!: Date;
}

@ObjectType({ description: 'A record of access in a list.' })
export class PiiAccessEdge {
  @Field(() => PiiAccess, { description: 'The record.' })
  readonly node!: PiiAccess;

  @Field({ description: 'Pass it as `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of records of access, newest first.' })
export class PiiAccessConnection {
  @Field(() => [PiiAccessEdge], { description: 'The records with their cursors.' })
  readonly edges!: readonly PiiAccessEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  readonly pageInfo!: PageInfo;
}
