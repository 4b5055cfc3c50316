// Suppression lists as GraphQL takes and shows them: addresses come in, and pseudonyms go out.
import { createUnionType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../../../schema/page-info.ts';
import { InvalidInput, NotFound } from '../../../schema/user-errors.ts';
import { Channel, Purpose, SuppressionList } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';

@InputType({ description: 'An address on a list: exactly one of phone and email.' })
export class SuppressedAddressInput {
  @Field(() => String, { nullable: true, description: 'A phone number in international form.' })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: 'An email address.' })
  email?: string | null;

  @Field(() => Date, { nullable: true, description: 'From when on; now when missing.' })
  from?: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: 'Until when; until it is lifted when missing.',
  })
  until?: Date | null;
}

@InputType({ description: 'Addresses that are not to be written to, whoever they belong to.' })
export class SuppressAddressesInput {
  @Field(() => SuppressionList, { description: 'What kind of list it is.' })
  list!: words.SuppressionList;

  @Field(() => String, {
    nullable: true,
    description:
      'Where it holds: a country by ISO 3166, or a part of one; everywhere when missing.',
  })
  region?: string | null;

  @Field(() => Channel, { nullable: true, description: 'On which channel; on all when missing.' })
  channel?: words.Channel | null;

  @Field(() => Purpose, { nullable: true, description: 'For which purpose; for all when missing.' })
  purpose?: words.Purpose | null;

  @Field(() => String, { description: 'Where the list comes from, such as `fcc-dnc-2026-11`.' })
  source!: string;

  @Field(() => [SuppressedAddressInput], { description: 'From 1 to 1,000 addresses.' })
  rows!: SuppressedAddressInput[];
}

@ObjectType({ description: 'An entry of a suppression list.' })
export class Suppression {
  @Field(() => ID, { description: 'The opaque id, `sup_...`.' })
  id!: string;

  @Field(() => String, { description: 'Whom it names: the pseudonym of the address.' })
  subject!: string;

  @Field(() => SuppressionList, { description: 'What kind of list it is.' })
  list!: words.SuppressionList;

  @Field(() => String, { nullable: true, description: 'Where it holds; null for everywhere.' })
  region!: string | null;

  @Field(() => Channel, { nullable: true, description: 'On which channel; null for all.' })
  channel!: words.Channel | null;

  @Field(() => Purpose, { nullable: true, description: 'For which purpose; null for all.' })
  purpose!: words.Purpose | null;

  @Field(() => String, { description: 'Where the list comes from.' })
  source!: string;

  @Field(() => Date, { description: 'From when on it holds.' })
  from!: Date;

  @Field(() => Date, { nullable: true, description: 'Until when; null until it is lifted.' })
  until!: Date | null;

  @Field(() => Date, { description: 'When it was recorded.' })
  recordedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was lifted; null while it stands.' })
  liftedAt!: Date | null;
}

@ObjectType({ description: 'What came of one row.' })
export class SuppressedAddress {
  @Field(() => Suppression, { nullable: true, description: 'The entry; null when refused.' })
  suppression!: Suppression | null;

  @Field(() => Boolean, { description: 'True when it stood before.' })
  replayed!: boolean;

  @Field(() => [InvalidInput], { description: 'Why it was refused; empty when it was not.' })
  errors!: readonly InvalidInput[];
}

@ObjectType({ description: 'What came of an import. Rows that were refused hold up no others.' })
export class SuppressAddressesPayload {
  @Field(() => [SuppressedAddress], {
    description: 'In the order of the rows; empty when the whole was refused.',
  })
  results!: readonly SuppressedAddress[];

  @Field(() => Int, { description: 'Entries that are new.' })
  addedCount!: number;

  @Field(() => [InvalidInput], { description: 'Why the whole was refused; empty when it was not.' })
  errors!: readonly InvalidInput[];
}

@InputType({ description: 'An entry that is to stop nothing any more.' })
export class LiftSuppressionInput {
  @Field(() => ID, { description: 'The entry, `sup_...`.' })
  suppressionId!: string;
}

export const LiftSuppressionError = createUnionType({
  name: 'LiftSuppressionError',
  description: 'Why nothing was lifted.',
  types: () => [NotFound] as const,
});

@ObjectType({ description: 'What came of lifting an entry.' })
export class LiftSuppressionPayload {
  @Field(() => Suppression, { nullable: true, description: 'The entry; null when refused.' })
  suppression!: Suppression | null;

  @Field(() => Boolean, { description: 'True when it had been lifted before.' })
  replayed!: boolean;

  @Field(() => [LiftSuppressionError], {
    description: 'Why it was refused; empty when it was not.',
  })
  errors!: readonly NotFound[];
}

@InputType({ description: 'Which entries; all that is given must hold.' })
export class SuppressionFilterInput {
  @Field(() => SuppressionList, { nullable: true, description: 'Of which kind of list.' })
  list?: words.SuppressionList | null;

  @Field(() => String, { nullable: true, description: 'For exactly this region.' })
  region?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Those that stand, or those lifted.' })
  isStanding?: boolean | null;
}

@ObjectType({ description: 'An entry in a list.' })
export class SuppressionEdge {
  @Field(() => Suppression, { description: 'The entry.' })
  readonly node!: Suppression;

  @Field({ description: 'Pass it as `after`.' })
  readonly cursor!: string;
}

@ObjectType({ description: 'A page of entries, in the order of their recording.' })
export class SuppressionConnection {
  @Field(() => [SuppressionEdge], { description: 'The entries with their cursors.' })
  readonly edges!: readonly SuppressionEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  readonly pageInfo!: PageInfo;
}
