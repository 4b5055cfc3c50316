// The door to a device's later life: reports, the next key, and the end.
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { confirmDeviceFingerprint } from '../confirm-device-fingerprint.ts';
import type { RecipientsContext } from '../context.ts';
import { removeDevices } from '../remove-devices.ts';
import { reportDeviceCapabilities } from '../report-device-capabilities.ts';
import { rotateDeviceKey } from '../rotate-device-key.ts';
import {
  ConfirmDeviceFingerprintInput,
  ConfirmDeviceFingerprintPayload,
  RemoveDevicesInput,
  RemoveDevicesPayload,
  ReportDeviceCapabilitiesInput,
  ReportDeviceCapabilitiesPayload,
  RotateDeviceKeyInput,
  RotateDeviceKeyPayload,
} from './device-life.input.ts';

@Resolver()
export class DeviceLifeResolver {
  @Mutation(() => ReportDeviceCapabilitiesPayload, {
    description: 'Takes what a device says of its own messaging client, signed by its key.',
  })
  async reportDeviceCapabilities(
    @Arg('input', () => ReportDeviceCapabilitiesInput, { description: 'The report.' })
    { deviceId, report }: ReportDeviceCapabilitiesInput,
    @Ctx() context: RecipientsContext,
  ): Promise<ReportDeviceCapabilitiesPayload> {
    requireScope(context.principal, 'recipients:write');
    const { tenantId } = context.principal;
    return reportDeviceCapabilities(context, { tenantId, deviceId, report });
  }

  @Mutation(() => RotateDeviceKeyPayload, {
    description: 'Gives a device its next key, proved by the present and by the next one.',
  })
  async rotateDeviceKey(
    @Arg('input', () => RotateDeviceKeyInput, { description: 'The device and its next key.' })
    { attestation, ...given }: RotateDeviceKeyInput,
    @Ctx() context: RecipientsContext,
  ): Promise<RotateDeviceKeyPayload> {
    requireScope(context.principal, 'recipients:write');
    return rotateDeviceKey(context, {
      ...given,
      tenantId: context.principal.tenantId,
      attestation: attestation ?? null,
    });
  }

  @Mutation(() => ConfirmDeviceFingerprintPayload, {
    description:
      'Notes that a person compared what the device shows with the key that messages are sealed to.',
  })
  async confirmDeviceFingerprint(
    @Arg('input', () => ConfirmDeviceFingerprintInput, { description: 'What the device shows.' })
    { deviceId, fingerprint }: ConfirmDeviceFingerprintInput,
    @Ctx() context: RecipientsContext,
  ): Promise<ConfirmDeviceFingerprintPayload> {
    requireScope(context.principal, 'recipients:write');
    const { tenantId } = context.principal;
    return confirmDeviceFingerprint(context, { tenantId, deviceId, fingerprint });
  }

  @Mutation(() => RemoveDevicesPayload, {
    description:
      'Deletes the keys of devices whose app is gone. Their names stay, and never return.',
  })
  async removeDevices(
    @Arg('input', () => RemoveDevicesInput, { description: 'Whose devices, and which.' })
    { recipientId, deviceIds }: RemoveDevicesInput,
    @Ctx() context: RecipientsContext,
  ): Promise<RemoveDevicesPayload> {
    requireScope(context.principal, 'recipients:write');
    const { tenantId } = context.principal;
    return removeDevices(context, { tenantId, recipientId, deviceIds: deviceIds ?? null });
  }
}
