// Inputs and payloads of lost-device recovery, and of the identity provider that it relies on.
import { createUnionType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { AlreadyExists, InvalidInput, NotFound, WrongState } from '../../../schema/user-errors.ts';
import { DevicePlatform } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import type { RecoverDevicesError as RecoverError } from '../recover-devices.ts';
import { ProofInvalid } from '../user-errors.ts';
import { DeviceAttestationInput, DeviceKeyInput } from './device.input.ts';
import { Device } from './device.type.ts';

@ObjectType({ description: 'The OpenID provider that vouches for the tenant’s recipients.' })
export class IdentityProvider {
  @Field(() => String, { description: 'Its name in ID tokens.' })
  issuer!: string;

  @Field(() => String, { description: 'Who ID tokens are for.' })
  clientId!: string;

  @Field(() => [String], { description: 'Values of acr that stand for two factors.' })
  mfaAcrValues!: string[];

  @Field(() => Date, { description: 'When it was configured.' })
  updatedAt!: Date;
}

@InputType({ description: 'The OpenID provider that vouches for the tenant’s recipients.' })
export class ConfigureIdentityProviderInput {
  @Field(() => String, { description: 'Its name in ID tokens: an https URL.' })
  issuer!: string;

  @Field(() => String, { description: 'Who ID tokens are for.' })
  clientId!: string;

  @Field(() => String, { description: 'Its public keys: the JSON of a JWK Set (RFC 7517).' })
  jwks!: string;

  @Field(() => [String], {
    defaultValue: [],
    description: 'Values of acr that stand for two factors, beside what amr tells.',
  })
  mfaAcrValues!: string[];
}

@ObjectType({ description: 'What came of configuring the identity provider.' })
export class ConfigureIdentityProviderPayload {
  @Field(() => IdentityProvider, { nullable: true, description: 'It; null when refused.' })
  identityProvider!: IdentityProvider | null;

  @Field(() => [InvalidInput], { description: 'Why it was refused; empty when it was not.' })
  errors!: InvalidInput[];
}

@InputType({ description: 'A recipient who lost a device, and the new one.' })
export class RecoverDevicesInput {
  @Field(() => ID, { description: 'The recipient, `rcp_...`.' })
  recipientId!: string;

  @Field(() => [ID], {
    nullable: true,
    description: 'The devices that are lost, `dev_...`; every one of the recipient where left out.',
  })
  lostDeviceIds?: string[] | null;

  @Field(() => DevicePlatform, { description: 'What kind of device the new one is.' })
  platform!: words.DevicePlatform;

  @Field(() => DeviceKeyInput, { description: 'The public half of its key.' })
  publicKey!: DeviceKeyInput;

  @Field(() => String, { description: 'The nonce of a challenge made for this recipient.' })
  challenge!: string;

  @Field(() => String, { description: 'The proof of its key, as for registering a device.' })
  proof!: string;

  @Field(() => DeviceAttestationInput, {
    nullable: true,
    description: 'What the platform says of the key; some tenants require it.',
  })
  attestation?: DeviceAttestationInput | null;

  @Field(() => String, {
    description:
      'An ID token of the tenant’s identity provider: sub is the recipient’s externalId, nonce the challenge, auth_time within five minutes, and amr or acr tell of two factors.',
  })
  idToken!: string;
}

export const RecoverDevicesError = createUnionType({
  name: 'RecoverDevicesError',
  description: 'Why no device was recovered.',
  types: () => [InvalidInput, NotFound, AlreadyExists, WrongState, ProofInvalid] as const,
});

@ObjectType({ description: 'What came of a recovery.' })
export class RecoverDevicesPayload {
  @Field(() => Device, { nullable: true, description: 'The new device; null when refused.' })
  device!: Device | null;

  @Field(() => Int, { description: 'How many devices were revoked.' })
  revokedCount!: number;

  @Field(() => [RecoverDevicesError], { description: 'Why it was refused; empty when it was not.' })
  errors!: RecoverError[];
}
