// Pages of recipients, and the record of who saw personal data, as GraphQL shows them.
import { Field, ID, ObjectType } from 'type-graphql';
import { PageInfo } from '../../../schema/page-info.ts';
import { PiiAction } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import { Recipient } from './recipient.type.ts';

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
