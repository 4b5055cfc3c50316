// Inputs and payloads of what is done with people's data as a whole: imports, exports, erasures.
import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { GraphQLJSONObject } from 'graphql-scalars';
import { InvalidInput, NotFound } from '../../../schema/user-errors.ts';
import { ImportOutcome } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import { RegisterRecipientInput } from './recipient.input.ts';
import { Recipient } from './recipient.type.ts';

@InputType({
  description: 'People to be registered or changed: found by any of their identifiers.',
})
export class ImportRecipientsInput {
  @Field(() => [RegisterRecipientInput], { description: 'From 1 to 1,000 people.' })
  rows!: RegisterRecipientInput[];
}

@ObjectType({ description: 'What came of one row.' })
export class ImportedRecipient {
  @Field(() => ImportOutcome, { description: 'What was done.' })
  outcome!: words.ImportOutcome;

  @Field(() => ID, { nullable: true, description: 'Whom the row means; null when it was refused.' })
  recipientId!: string | null;

  @Field(() => [InvalidInput], { description: 'Why it was refused; empty when it was not.' })
  errors!: readonly InvalidInput[];
}

@ObjectType({ description: 'What came of an import. Rows that were refused hold up no others.' })
export class ImportRecipientsPayload {
  @Field(() => [ImportedRecipient], {
    description: 'In the order of the rows; empty when the whole was refused.',
  })
  results!: readonly ImportedRecipient[];

  @Field(() => [InvalidInput], { description: 'Why the whole was refused; empty when it was not.' })
  errors!: readonly InvalidInput[];
}

@InputType({ description: 'Whose data, and why.' })
export class PersonalDataInput {
  @Field(() => ID, { description: 'The recipient, `rcp_...`.' })
  recipientId!: string;

  @Field(() => String, {
    description: 'On whose wish or by which rule, in up to 200 characters. It stays on record.',
  })
  reason!: string;
}

export const PersonalDataError = createUnionType({
  name: 'PersonalDataError',
  description: 'Why nothing was done.',
  types: () => [InvalidInput, NotFound] as const,
});

@ObjectType({ description: 'What is held of a person.' })
export class ExportRecipientPayload {
  @Field(() => Recipient, {
    nullable: true,
    description: 'The recipient, to be asked for messages and consents; null when refused.',
  })
  recipient!: Recipient | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'All that recipients holds of the person, addresses in clear text.',
  })
  data!: Readonly<Record<string, unknown>> | null;

  @Field(() => [PersonalDataError], { description: 'Why it was refused; empty when it was not.' })
  errors!: readonly (InvalidInput | NotFound)[];
}

@ObjectType({ description: 'That a person was erased.' })
export class Erasure {
  @Field(() => ID, { description: 'The id that the person had, `rcp_...`.' })
  recipientId!: string;

  @Field(() => [ID], { description: 'Ids of records that had been merged into this person.' })
  mergedIds!: readonly string[];

  @Field(() => Date, { description: 'When it was done.' })
  erasedAt!: Date;

  @Field(() => String, {
    description:
      'The signed record of it: a compact JWS of typ `erasure-record+jwt`, by the tenant’s published keys.',
  })
  record!: string;
}

@ObjectType({ description: 'What came of erasing a person.' })
export class EraseRecipientPayload {
  @Field(() => Erasure, { nullable: true, description: 'The record; null when refused.' })
  erasure!: Erasure | null;

  @Field(() => [PersonalDataError], { description: 'Why it was refused; empty when it was not.' })
  errors!: readonly (InvalidInput | NotFound)[];
}
