// Inputs and payloads of consent.
import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { IdempotencyKeyReused, InvalidInput, NotFound } from '../../../schema/user-errors.ts';
import {
  CaptureMethod,
  Channel,
  ConsentAction,
  ConsentSource,
  Purpose,
  Regulation,
} from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import type { AppendConsentError } from '../draft-records.ts';
import { ConsentState } from './consent.type.ts';

@InputType({ description: 'What a person did about a consent.' })
export class WithdrawConsentInput {
  @Field(() => ID, { description: 'The person, `rcp_...`.' })
  recipientId!: string;

  @Field(() => Purpose, { description: 'What the consent is for.' })
  purpose!: words.Purpose;

  @Field(() => [Channel], { description: 'The channels, each once. All are recorded, or none.' })
  channels!: words.Channel[];

  @Field(() => ConsentSource, { description: 'Where it was captured.' })
  source!: words.ConsentSource;

  @Field(() => CaptureMethod, { description: 'How the person did it.' })
  method!: words.CaptureMethod;

  @Field(() => String, { description: 'Whose law applied: such as AT or US-CA, by ISO 3166.' })
  jurisdiction!: string;

  @Field(() => String, { description: 'The version of the text that the person saw.' })
  policyVersion!: string;

  @Field(() => Date, { nullable: true, description: 'When it happened; now when missing.' })
  occurredAt?: Date | null;

  @Field(() => ID, { nullable: true, description: 'The device that it was done on, `dev_...`.' })
  deviceId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Names this call: repeated with the same body, nothing is recorded again.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'A consent that a person gave.' })
export class RecordConsentInput extends WithdrawConsentInput {
  @Field(() => Date, { nullable: true, description: 'When it ends by itself; never when missing.' })
  expiresAt?: Date | null;
}

@InputType({ description: 'A consent, or its withdrawal, as another system recorded it.' })
export class ImportConsentRowInput extends RecordConsentInput {
  @Field(() => ConsentAction, { description: 'Whether it was given or taken back.' })
  action!: words.ConsentAction;

  @Field(() => Regulation, {
    nullable: true,
    description: 'Under whose law it counts; everywhere when missing.',
  })
  regulation?: words.Regulation | null;
}

@InputType({ description: 'Consents of another system.' })
export class ImportConsentsInput {
  @Field(() => [ImportConsentRowInput], { description: 'At most 1,000 rows.' })
  rows!: ImportConsentRowInput[];
}

export const RecordConsentError = createUnionType({
  name: 'RecordConsentError',
  description: 'Why nothing was recorded.',
  types: () => [InvalidInput, NotFound, IdempotencyKeyReused] as const,
});

export const WithdrawConsentError = createUnionType({
  name: 'WithdrawConsentError',
  description: 'Why nothing was recorded.',
  types: () => [InvalidInput, NotFound, IdempotencyKeyReused] as const,
});

@ObjectType({ description: 'What came of recording a consent.' })
export class RecordConsentPayload {
  @Field(() => [ConsentState], {
    nullable: true,
    description: 'What stands for the channels now, in their order; null when refused.',
  })
  consents!: ConsentState[] | null;

  @Field(() => Boolean, { description: 'True when it had been recorded before.' })
  replayed!: boolean;

  @Field(() => [RecordConsentError], { description: 'Why it was refused; empty when it was not.' })
  errors!: AppendConsentError[];
}

@ObjectType({ description: 'What came of withdrawing a consent.' })
export class WithdrawConsentPayload {
  @Field(() => [ConsentState], {
    nullable: true,
    description: 'What stands for the channels now, in their order; null when refused.',
  })
  consents!: ConsentState[] | null;

  @Field(() => Boolean, { description: 'True when it had been recorded before.' })
  replayed!: boolean;

  @Field(() => [WithdrawConsentError], {
    description: 'Why it was refused; empty when it was not.',
  })
  errors!: AppendConsentError[];
}

@ObjectType({ description: 'What came of one row of an import.' })
export class ImportConsentResult {
  @Field(() => [ConsentState], {
    nullable: true,
    description: 'What stands for the channels now, in their order; null when refused.',
  })
  consents!: ConsentState[] | null;

  @Field(() => Boolean, { description: 'True when it had been recorded before.' })
  replayed!: boolean;

  @Field(() => [RecordConsentError], { description: 'Why it was refused; empty when it was not.' })
  errors!: AppendConsentError[];
}

@ObjectType({ description: 'What came of an import.' })
export class ImportConsentsPayload {
  @Field(() => [ImportConsentResult], {
    description: 'One a row, in their order; empty when the whole was refused.',
  })
  results!: ImportConsentResult[];

  @Field(() => [InvalidInput], { description: 'Why the whole was refused; empty when it was not.' })
  errors!: InvalidInput[];
}

@InputType({ description: 'A question: may this recipient be written to?' })
export class ConsentQuestionInput {
  @Field(() => ID, { description: 'The recipient, `rcp_...`.' })
  recipientId!: string;

  @Field(() => Purpose, { description: 'What for.' })
  purpose!: words.Purpose;

  @Field(() => Channel, { description: 'On which channel.' })
  channel!: words.Channel;
}
