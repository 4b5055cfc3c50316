// Inputs and payloads of the mutations that are about a recipient.
import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { AlreadyExists, InvalidInput, NotFound } from '../../../schema/user-errors.ts';
import { Channel } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import { Recipient } from './recipient.type.ts';

@InputType({
  description: 'A person to be registered. At least one of phone, email and externalId is given.',
})
export class RegisterRecipientInput {
  @Field(() => String, {
    nullable: true,
    description: 'The tenant’s own id of this person. Unique in the tenant; never an address.',
  })
  externalId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The phone number in international form (E.164), for RCS and SMS.',
  })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: 'The email address.' })
  email?: string | null;

  @Field(() => String, {
    defaultValue: 'en',
    description: 'The language to write in, by BCP 47.',
  })
  locale!: string;

  @Field(() => String, { nullable: true, description: 'The time zone, by its IANA name.' })
  timeZone?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Whose rules apply: two letters by ISO 3166-1. Taken from the phone number when missing.',
  })
  region?: string | null;

  @Field(() => String, { nullable: true, description: 'The mobile carrier, where it is known.' })
  carrier?: string | null;

  @Field(() => [Channel], {
    defaultValue: [],
    description: 'Ranked by the person, most wanted first.',
  })
  preferredChannels!: words.Channel[];

  @Field(() => [Channel], {
    defaultValue: [],
    description: 'Channels that the person does not want at all.',
  })
  optedOutChannels!: words.Channel[];
}

export const RegisterRecipientError = createUnionType({
  name: 'RegisterRecipientError',
  description: 'Why a recipient was not registered.',
  types: () => [InvalidInput, AlreadyExists] as const,
});

@ObjectType({ description: 'What came of registering a recipient.' })
export class RegisterRecipientPayload {
  @Field(() => Recipient, { nullable: true, description: 'The recipient; null when refused.' })
  recipient!: Recipient | null;

  @Field(() => [RegisterRecipientError], {
    description: 'Why it was refused; empty when it was not.',
  })
  errors!: (InvalidInput | AlreadyExists)[];
}

@InputType({ description: 'A recipient whose channels are to be looked up now.' })
export class RefreshCapabilitiesInput {
  @Field(() => ID, { description: 'The recipient, `rcp_...`.' })
  recipientId!: string;
}

export const RefreshCapabilitiesError = createUnionType({
  name: 'RefreshCapabilitiesError',
  description: 'Why nothing was looked up.',
  types: () => [NotFound] as const,
});

@ObjectType({ description: 'What came of looking up a recipient’s channels.' })
export class RefreshCapabilitiesPayload {
  @Field(() => Recipient, {
    nullable: true,
    description: 'The recipient as it is known now; null when refused.',
  })
  recipient!: Recipient | null;

  @Field(() => [RefreshCapabilitiesError], {
    description: 'Why it was refused; empty when it was not.',
  })
  errors!: NotFound[];
}
