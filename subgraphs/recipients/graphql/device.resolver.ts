// The door to devices: challenge, registration, revocation.
import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { publicId } from '../../../schema/ids.ts';
import type { RecipientsContext } from '../context.ts';
import { createDeviceChallenge } from '../create-device-challenge.ts';
import { registerDevice } from '../register-device.ts';
import { revokeDevice } from '../revoke-device.ts';
import type { RetiredDeviceKeyRow } from '../store/retired-device-key.table.ts';
import type { DeviceRow } from '../store/device.table.ts';
import {
  CreateDeviceChallengeInput,
  CreateDeviceChallengePayload,
  RegisterDeviceInput,
  RegisterDevicePayload,
  RevokeDeviceInput,
  RevokeDevicePayload,
} from './device.input.ts';
import { Device, RetiredDeviceKey } from './device.type.ts';

@Resolver(() => Device)
export class DeviceResolver {
  @Mutation(() => CreateDeviceChallengePayload, {
    description:
      'Makes the challenge that a device signs when it is registered. Nothing is stored.',
  })
  async createDeviceChallenge(
    @Arg('input', () => CreateDeviceChallengeInput, { description: 'For whom.' })
    { recipientId }: CreateDeviceChallengeInput,
    @Ctx() context: RecipientsContext,
  ): Promise<CreateDeviceChallengePayload> {
    requireScope(context.principal, 'recipients:write');
    const { tenantId } = context.principal;
    return createDeviceChallenge(context, { tenantId, recipientId });
  }

  @Mutation(() => RegisterDevicePayload, {
    description: 'Registers a device of a recipient, once it has proved that it holds its key.',
  })
  async registerDevice(
    @Arg('input', () => RegisterDeviceInput, { description: 'The device.' })
    { attestation, idToken, clientVersion, osBuild, ...given }: RegisterDeviceInput,
    @Ctx() context: RecipientsContext,
  ): Promise<RegisterDevicePayload> {
    requireScope(context.principal, 'recipients:write');
    return registerDevice(context, {
      ...given,
      tenantId: context.principal.tenantId,
      attestation: attestation ?? null,
      idToken: idToken ?? null,
      clientVersion: clientVersion ?? null,
      osBuild: osBuild ?? null,
    });
  }

  @Mutation(() => RevokeDevicePayload, {
    description:
      'Revokes a device: nothing is sealed to its key any more, and the key never returns.',
  })
  async revokeDevice(
    @Arg('input', () => RevokeDeviceInput, { description: 'Which device.' })
    { deviceId }: RevokeDeviceInput,
    @Ctx() context: RecipientsContext,
  ): Promise<RevokeDevicePayload> {
    requireScope(context.principal, 'recipients:write');
    return revokeDevice(context, { tenantId: context.principal.tenantId, deviceId });
  }

  @FieldResolver(() => ID, { description: 'The opaque id, `dev_...`.' })
  id(@Root() { id }: DeviceRow): string {
    return publicId('device', id);
  }

  @FieldResolver(() => [RetiredDeviceKey], {
    description: 'The keys that it had before, oldest first.',
  })
  retiredKeys(
    @Root() { id }: DeviceRow,
    @Ctx() { loaders }: RecipientsContext,
  ): Promise<RetiredDeviceKeyRow[]> {
    return loaders.retiredKeys.load(id);
  }
}
