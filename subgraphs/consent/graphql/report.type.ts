// What reports about consent show: who had consented, what one person said, who changed their mind, whom we may reach.
import { Field, ID, Int, ObjectType } from 'type-graphql';
import '../../../schema/graphql-enums.ts';
import { PageInfo } from '../../../schema/page-info.ts';
import { Channel, Purpose } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import { ConsentState } from './consent.type.ts';
import { Recipient } from './recipient.stub.ts';

@ObjectType({ description: 'Somebody who had consented at a time.' })
export class StandingConsent {
  @Field({ description: 'The pseudonym that the records are kept under.' })
  readonly subject!: string;

  @Field(() => Recipient, {
    nullable: true,
    description: 'Who it was when they consented; null where nobody was known by the subject.',
  })
  readonly recipient!: Recipient | null;

  @Field(() => [ConsentState], {
    description: 'The grants that stood, one for each law that they count under.',
  })
  readonly consents!: readonly ConsentState[];
}

@ObjectType({ description: 'Somebody who had consented, in a page.' })
export class StandingConsentEdge {
  @Field(() => StandingConsent, { description: 'Who, and to what.' })
  readonly node!: StandingConsent;

  @Field({ description: 'Its position, for `after`.' })
  readonly cursor!: string;
}

@ObjectType({
  description: 'A page of people who had consented, in the order of their pseudonyms.',
})
export class StandingConsentConnection {
  @Field(() => [StandingConsentEdge], { description: 'The people with their cursors.' })
  readonly edges!: readonly StandingConsentEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more. A page may be short before it.' })
  readonly pageInfo!: PageInfo;
}

@ObjectType({ description: 'One entry of the log about a person.' })
export class ConsentHistoryEntry {
  @Field({ description: 'Its place in the tenant’s log, in decimal.' })
  readonly logIndex!: string;

  @Field({ description: 'The pseudonym that it is kept under.' })
  readonly subject!: string;

  @Field({ description: 'Who told us.' })
  readonly actor!: string;

  @Field(() => ConsentState, { description: 'What the person said.' })
  readonly consent!: ConsentState;
}

@ObjectType({ description: 'An entry in a page.' })
export class ConsentHistoryEdge {
  @Field(() => ConsentHistoryEntry, { description: 'The entry.' })
  readonly node!: ConsentHistoryEntry;

  @Field({ description: 'Its position, for `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of a person’s history, in the order of the log.' })
export class ConsentHistoryConnection {
  @Field(() => [ConsentHistoryEdge], { description: 'The entries with their cursors.' })
  readonly edges!: readonly ConsentHistoryEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  readonly pageInfo!: PageInfo;
}

@ObjectType({ description: 'A recipient whom the gate would let through now.' })
export class EligibleRecipient {
  @Field(() => Recipient, { description: 'Who it is.' })
  readonly recipient!: Recipient;

  @Field(() => ID, { description: 'The record that permits it, `cns_...`.' })
  readonly consentId!: string;

  @Field(() => Date, { nullable: true, description: 'When it ends by itself; null: never.' })
  readonly expiresAt!: Date | null;
}

@ObjectType({ description: 'An eligible recipient in a page.' })
export class EligibleRecipientEdge {
  @Field(() => EligibleRecipient, { description: 'The recipient.' })
  readonly node!: EligibleRecipient;

  @Field({ description: 'Its position, for `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of eligible recipients, in the order of their pseudonyms.' })
export class EligibleRecipientConnection {
  @Field(() => [EligibleRecipientEdge], { description: 'The recipients with their cursors.' })
  readonly edges!: readonly EligibleRecipientEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more. A page may be short before it.' })
  readonly pageInfo!: PageInfo;
}

@ObjectType({
  description:
    'How many people changed their mind in a period, and in the time as long before it. A person counts once.',
})
export class OptOutDelta {
  @Field(() => Purpose, { description: 'About which purpose.' })
  readonly purpose!: words.Purpose;

  @Field(() => Channel, { description: 'About which channel.' })
  readonly channel!: words.Channel;

  @Field(() => Int, { description: 'Who withdrew in the period.' })
  readonly optOutCount!: number;

  @Field(() => Int, { description: 'Who withdrew in the time before.' })
  readonly optOutCountBefore!: number;

  @Field(() => Int, { description: 'The difference: above 0, more people leave than before.' })
  readonly optOutDelta!: number;

  @Field(() => Int, { description: 'Who agreed in the period.' })
  readonly optInCount!: number;

  @Field(() => Int, { description: 'Who agreed in the time before.' })
  readonly optInCountBefore!: number;
}
