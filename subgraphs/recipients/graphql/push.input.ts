// Input and payload of registering a push subscription.
import { createUnionType, Field, Float, ID, InputType, ObjectType } from 'type-graphql';
import { InvalidInput, NotFound } from '../../../schema/user-errors.ts';
import { Address } from './recipient.type.ts';

@InputType({ description: 'The keys of a push subscription, as the browser made them.' })
export class PushKeysInput {
  @Field(() => String, { description: 'The public key: a point on P-256, in base64url.' })
  p256dh!: string;

  @Field(() => String, { description: 'The shared secret: 16 bytes in base64url.' })
  auth!: string;
}

@InputType({ description: 'A push subscription, as `PushSubscription.toJSON()` gives it.' })
export class PushSubscriptionInput {
  @Field(() => String, { description: 'Where its push service takes messages for it.' })
  endpoint!: string;

  @Field(() => PushKeysInput, { description: 'Its keys.' })
  keys!: PushKeysInput;

  @Field(() => Float, {
    nullable: true,
    description: 'Not used: a push service says itself when a subscription is over.',
  })
  expirationTime?: number | null;
}

@InputType({ description: 'Where a person’s browser or app gets push messages.' })
export class RegisterPushSubscriptionInput {
  @Field(() => ID, { description: 'The recipient, `rcp_...`.' })
  recipientId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The device, `dev_...`, that it belongs to, and ends with.',
  })
  deviceId?: string | null;

  @Field(() => PushSubscriptionInput, { description: 'The subscription.' })
  subscription!: PushSubscriptionInput;
}

export const RegisterPushSubscriptionError = createUnionType({
  name: 'RegisterPushSubscriptionError',
  description: 'Why a push subscription was not registered.',
  types: () => [InvalidInput, NotFound] as const,
});

@ObjectType({ description: 'What came of registering a push subscription.' })
export class RegisterPushSubscriptionPayload {
  @Field(() => Address, {
    nullable: true,
    description: 'It as an address, which can be removed; null when refused.',
  })
  address!: Address | null;

  @Field(() => [RegisterPushSubscriptionError], {
    description: 'Why it was refused; empty when it was not.',
  })
  errors!: readonly (InvalidInput | NotFound)[];
}
