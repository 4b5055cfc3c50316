// Inputs and payloads of a device's later life: reports, the next key, and the end.
import { createUnionType, Field, ID, InputType, ObjectType } from 'type-graphql';
import { AlreadyExists, InvalidInput, NotFound, WrongState } from '../../../schema/user-errors.ts';
import type { ConfirmDeviceFingerprintError as ConfirmError } from '../confirm-device-fingerprint.ts';
import type { ReportDeviceCapabilitiesError as ReportError } from '../report-device-capabilities.ts';
import type { RotateDeviceKeyError as RotateError } from '../rotate-device-key.ts';
import { ProofInvalid } from '../user-errors.ts';
import { DeviceAttestationInput, DeviceKeyInput } from './device.input.ts';
import { Device } from './device.type.ts';

@InputType({ description: 'What a device says of its own messaging client.' })
export class ReportDeviceCapabilitiesInput {
  @Field(() => ID, { description: 'The device, `dev_...`.' })
  deviceId!: string;

  @Field(() => String, {
    description:
      'A compact JWS by ES256 with the device’s key: typ `device-report+jwt`; claims aud (tenant), sub (device), iat, platform, clientVersion, osBuild, and rcs: supported (YES or NO), nativeE2ee (YES, NO or UNKNOWN), mlsProfiles, features, carrier.',
  })
  report!: string;
}

export const ReportDeviceCapabilitiesError = createUnionType({
  name: 'ReportDeviceCapabilitiesError',
  description: 'Why a report was not taken.',
  types: () => [InvalidInput, NotFound, WrongState, ProofInvalid] as const,
});

@ObjectType({ description: 'What came of a device’s report.' })
export class ReportDeviceCapabilitiesPayload {
  @Field(() => Device, { nullable: true, description: 'The device; null when refused.' })
  device!: Device | null;

  @Field(() => [ReportDeviceCapabilitiesError], {
    description: 'Why it was refused; empty when it was not.',
  })
  errors!: ReportError[];
}

@InputType({ description: 'A device and its next key.' })
export class RotateDeviceKeyInput {
  @Field(() => ID, { description: 'The device, `dev_...`.' })
  deviceId!: string;

  @Field(() => DeviceKeyInput, { description: 'The public half of its next key.' })
  publicKey!: DeviceKeyInput;

  @Field(() => String, { description: 'The nonce of a challenge made for its recipient.' })
  challenge!: string;

  @Field(() => String, {
    description: 'The proof of the next key, as for registering a device.',
  })
  proof!: string;

  @Field(() => DeviceAttestationInput, {
    nullable: true,
    description: 'What the platform says of the key; some tenants require it.',
  })
  attestation?: DeviceAttestationInput | null;

  @Field(() => String, {
    description:
      'A compact JWS by ES256 with the present key: typ `device-rotation+jwt`; claims aud (tenant), sub (device), jkt (thumbprint of the next key), nonce, iat.',
  })
  authorization!: string;
}

export const RotateDeviceKeyError = createUnionType({
  name: 'RotateDeviceKeyError',
  description: 'Why a key was not rotated.',
  types: () => [InvalidInput, NotFound, AlreadyExists, WrongState, ProofInvalid] as const,
});

@ObjectType({ description: 'What came of rotating a key.' })
export class RotateDeviceKeyPayload {
  @Field(() => Device, { nullable: true, description: 'The device; null when refused.' })
  device!: Device | null;

  @Field(() => [RotateDeviceKeyError], {
    description: 'Why it was refused; empty when it was not.',
  })
  errors!: RotateError[];
}

@InputType({ description: 'A device and the fingerprint that it shows.' })
export class ConfirmDeviceFingerprintInput {
  @Field(() => ID, { description: 'The device, `dev_...`.' })
  deviceId!: string;

  @Field(() => String, { description: 'Thirty digits as the device shows them.' })
  fingerprint!: string;
}

export const ConfirmDeviceFingerprintError = createUnionType({
  name: 'ConfirmDeviceFingerprintError',
  description: 'Why a fingerprint was not confirmed.',
  types: () => [NotFound, WrongState, ProofInvalid] as const,
});

@ObjectType({ description: 'What came of comparing a fingerprint.' })
export class ConfirmDeviceFingerprintPayload {
  @Field(() => Device, { nullable: true, description: 'The device; null when refused.' })
  device!: Device | null;

  @Field(() => [ConfirmDeviceFingerprintError], {
    description: 'Why it was refused; empty when it was not.',
  })
  errors!: ConfirmError[];
}

@InputType({ description: 'Devices to be removed after an uninstall or an opt-out.' })
export class RemoveDevicesInput {
  @Field(() => ID, { description: 'The recipient, `rcp_...`.' })
  recipientId!: string;

  @Field(() => [ID], { nullable: true, description: 'The devices; all where left out.' })
  deviceIds?: string[] | null;
}

@ObjectType({ description: 'What came of removing devices.' })
export class RemoveDevicesPayload {
  @Field(() => [Device], { description: 'All of the recipient as they are now; empty if refused.' })
  devices!: Device[];

  @Field(() => [NotFound], { description: 'Why it was refused; empty when it was not.' })
  errors!: NotFound[];
}
