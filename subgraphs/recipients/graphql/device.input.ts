// Inputs and payloads of the mutations that are about a device.
import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { AlreadyExists, InvalidInput, NotFound, WrongState } from '../../../schema/user-errors.ts';
import { DevicePlatform } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import type { RegisterDeviceError as DeviceError } from '../register-device.ts';
import { ProofInvalid } from '../user-errors.ts';
import { Device } from './device.type.ts';

@InputType({ description: 'A recipient for whom a device is about to be registered.' })
export class CreateDeviceChallengeInput {
  @Field(() => ID, { description: 'The recipient, `rcp_...`.' })
  recipientId!: string;
}

@ObjectType({ description: 'What a device signs to prove that it holds its key. It serves once.' })
export class DeviceChallenge {
  @Field(() => String, { description: 'The `nonce` of the proof.' })
  nonce!: string;

  @Field(() => Date, { description: 'Until when it serves.' })
  expiresAt!: Date;
}

export const CreateDeviceChallengeError = createUnionType({
  name: 'CreateDeviceChallengeError',
  description: 'Why no challenge was made.',
  types: () => [NotFound] as const,
});

@ObjectType({ description: 'What came of asking for a challenge.' })
export class CreateDeviceChallengePayload {
  @Field(() => DeviceChallenge, {
    nullable: true,
    description: 'The challenge; null when refused.',
  })
  challenge!: DeviceChallenge | null;

  @Field(() => [CreateDeviceChallengeError], {
    description: 'Why it was refused; empty when it was not.',
  })
  errors!: NotFound[];
}

@InputType({ description: 'A public key as a JSON Web Key (RFC 7517): EC on P-256.' })
export class DeviceKeyInput {
  @Field(() => String, { description: 'The key type: EC.' })
  kty!: string;

  @Field(() => String, { description: 'The curve: P-256.' })
  crv!: string;

  @Field(() => String, { description: 'The x coordinate: 32 bytes in base64url.' })
  x!: string;

  @Field(() => String, { description: 'The y coordinate: 32 bytes in base64url.' })
  y!: string;

  @Field(() => String, {
    defaultValue: 'HPKE-7-KE',
    description: 'How content keys are encrypted to it: HPKE-7-KE or ECDH-ES+A256KW.',
  })
  alg!: string;
}

@InputType({
  description:
    'What `navigator.credentials.create` or its like made of a new credential, by WebAuthn: formats packed, android-key, apple, tpm and none. Its challenge is the bytes of `<nonce>.<thumbprint of the device’s key>`.',
})
export class DeviceAttestationInput {
  @Field(() => String, { description: 'The clientDataJSON in base64url.' })
  clientDataJson!: string;

  @Field(() => String, { description: 'The attestationObject in base64url.' })
  attestationObject!: string;
}

@InputType({ description: 'A device to be registered.' })
export class RegisterDeviceInput {
  @Field(() => ID, { description: 'The recipient who uses it, `rcp_...`.' })
  recipientId!: string;

  @Field(() => DevicePlatform, { description: 'What kind of device it is.' })
  platform!: words.DevicePlatform;

  @Field(() => DeviceKeyInput, { description: 'The public half of its key.' })
  publicKey!: DeviceKeyInput;

  @Field(() => String, { description: 'The nonce of a challenge made for this recipient.' })
  challenge!: string;

  @Field(() => String, {
    description:
      'A compact JWS by ES256 with the device’s key: typ `device-proof+jwt`; claims aud (tenant), sub (recipient), jkt (thumbprint), nonce, iat.',
  })
  proof!: string;

  @Field(() => DeviceAttestationInput, {
    nullable: true,
    description: 'What the platform says of the key; some tenants require it.',
  })
  attestation?: DeviceAttestationInput | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Binds the key to the person, as after a check of who they are: an ID token as for recovering devices.',
  })
  idToken?: string | null;

  @Field(() => String, { nullable: true, description: 'The version of the app.' })
  clientVersion?: string | null;

  @Field(() => String, { nullable: true, description: 'The build of the system.' })
  osBuild?: string | null;
}

export const RegisterDeviceError = createUnionType({
  name: 'RegisterDeviceError',
  description: 'Why a device was not registered.',
  types: () => [InvalidInput, NotFound, AlreadyExists, WrongState, ProofInvalid] as const,
});

@ObjectType({ description: 'What came of registering a device.' })
export class RegisterDevicePayload {
  @Field(() => Device, { nullable: true, description: 'The device; null when refused.' })
  device!: Device | null;

  @Field(() => [RegisterDeviceError], { description: 'Why it was refused; empty when it was not.' })
  errors!: DeviceError[];
}

@InputType({ description: 'A device to be revoked.' })
export class RevokeDeviceInput {
  @Field(() => ID, { description: 'The device, `dev_...`.' })
  deviceId!: string;
}

export const RevokeDeviceError = createUnionType({
  name: 'RevokeDeviceError',
  description: 'Why a device was not revoked.',
  types: () => [NotFound] as const,
});

@ObjectType({ description: 'What came of revoking a device.' })
export class RevokeDevicePayload {
  @Field(() => Device, { nullable: true, description: 'The device; null when refused.' })
  device!: Device | null;

  @Field(() => [RevokeDeviceError], { description: 'Why it was refused; empty when it was not.' })
  errors!: NotFound[];
}
