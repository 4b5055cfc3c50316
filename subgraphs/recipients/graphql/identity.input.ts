// Inputs and payloads of the mutations that change who a recipient is and how they are reached.
import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { AlreadyExists, InvalidInput, NotFound } from '../../../schema/user-errors.ts';
import { VerificationMethod } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import { ExternalIdInput, ProfileInput } from './profile.input.ts';
import { Recipient } from './recipient.type.ts';

@InputType({ description: 'What is to be changed of a recipient; what is left out stays.' })
export class UpdateRecipientInput extends ProfileInput {
  @Field(() => ID, { description: 'The recipient, `rcp_...`.' })
  recipientId!: string;

  @Field(() => [ExternalIdInput], {
    defaultValue: [],
    description: 'What other systems call the person, from now on.',
  })
  addExternalIds!: ExternalIdInput[];

  @Field(() => [ExternalIdInput], {
    defaultValue: [],
    description: 'What they call the person no longer; what is not there is no error.',
  })
  removeExternalIds!: ExternalIdInput[];
}

@InputType({ description: 'An address that a recipient is to have: exactly one of the three.' })
export class AddAddressInput {
  @Field(() => ID, { description: 'The recipient, `rcp_...`.' })
  recipientId!: string;

  @Field(() => String, { nullable: true, description: 'A phone number in international form.' })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: 'An email address.' })
  email?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Apple’s id of the person at the business, `urn:mbid:...`: there is one once they wrote.',
  })
  appleId?: string | null;
}

@InputType({ description: 'An address that is to be forgotten.' })
export class RemoveAddressInput {
  @Field(() => ID, { description: 'The address, `adr_...`.' })
  addressId!: string;
}

@InputType({ description: 'An address that the person proved to own.' })
export class VerifyAddressInput {
  @Field(() => ID, { description: 'The address, `adr_...`.' })
  addressId!: string;

  @Field(() => VerificationMethod, { description: 'How it was proven.' })
  method!: words.VerificationMethod;

  @Field(() => Date, { nullable: true, description: 'When; now where it is missing.' })
  verifiedAt?: Date | null;
}

@InputType({ description: 'Two records that are one person.' })
export class MergeRecipientsInput {
  @Field(() => ID, { description: 'The record that stays, `rcp_...`.' })
  recipientId!: string;

  @Field(() => ID, { description: 'The record whose id names the other from now on, `rcp_...`.' })
  mergedId!: string;
}

export const ChangeRecipientError = createUnionType({
  name: 'ChangeRecipientError',
  description: 'Why a recipient was not changed.',
  types: () => [InvalidInput, NotFound, AlreadyExists] as const,
});

@ObjectType({ description: 'What came of changing a recipient.' })
export class ChangeRecipientPayload {
  @Field(() => Recipient, {
    nullable: true,
    description: 'The recipient as it is now; null when refused.',
  })
  recipient!: Recipient | null;

  @Field(() => [ChangeRecipientError], {
    description: 'Why it was refused; empty when it was not.',
  })
  errors!: readonly (InvalidInput | NotFound | AlreadyExists)[];
}
