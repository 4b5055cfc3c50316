// Inputs and payloads of the mutations that are about a recipient.
import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { AlreadyExists, InvalidInput, NotFound } from '../../../schema/user-errors.ts';
import type { WrittenPerson } from '../read-person.ts';
import { ExternalIdInput, ProfileInput, readProfile } from './profile.input.ts';
import { Recipient } from './recipient.type.ts';

@InputType({
  description:
    'A person to be registered. At least one of phone, email and an external id is given.',
})
export class RegisterRecipientInput extends ProfileInput {
  @Field(() => String, {
    nullable: true,
    description: 'The tenant’s own id of this person. Unique in the tenant; never an address.',
  })
  externalId?: string | null;

  @Field(() => [ExternalIdInput], {
    nullable: true,
    description: 'What other systems of the tenant call this person.',
  })
  externalIds?: ExternalIdInput[] | null;

  @Field(() => String, {
    nullable: true,
    description: 'The phone number in international form (E.164), for RCS and SMS.',
  })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: 'The email address.' })
  email?: string | null;
}

/** What was written, as the verbs take it. */
export function readWritten(input: RegisterRecipientInput): WrittenPerson {
  const { externalId, externalIds, phone, email } = input;
  return {
    externalId: externalId ?? null,
    externalIds: (externalIds ?? []).map(({ kind, value }) => ({ kind, value })),
    phone: phone ?? null,
    email: email ?? null,
    profile: readProfile(input),
  };
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
