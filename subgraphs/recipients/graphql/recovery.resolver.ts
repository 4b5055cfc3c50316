// The door to lost-device recovery, and to the identity provider that it relies on.
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { configureIdentityProvider } from '../configure-identity-provider.ts';
import type { RecipientsContext } from '../context.ts';
import { recoverDevices } from '../recover-devices.ts';
import {
  ConfigureIdentityProviderInput,
  ConfigureIdentityProviderPayload,
  RecoverDevicesInput,
  RecoverDevicesPayload,
} from './recovery.input.ts';

@Resolver()
export class RecoveryResolver {
  @Mutation(() => ConfigureIdentityProviderPayload, {
    description: 'Sets the OpenID provider that vouches for the tenant’s recipients.',
  })
  async configureIdentityProvider(
    @Arg('input', () => ConfigureIdentityProviderInput, { description: 'The provider.' })
    input: ConfigureIdentityProviderInput,
    @Ctx() context: RecipientsContext,
  ): Promise<ConfigureIdentityProviderPayload> {
    requireScope(context.principal, 'recipients:admin');
    return configureIdentityProvider(context, context.principal.tenantId, input);
  }

  @Mutation(() => RecoverDevicesPayload, {
    description:
      'Revokes a recipient’s lost devices and registers a new one, by a fresh sign-in with two factors.',
  })
  async recoverDevices(
    @Arg('input', () => RecoverDevicesInput, { description: 'The recipient and the new device.' })
    { attestation, lostDeviceIds, ...given }: RecoverDevicesInput,
    @Ctx() context: RecipientsContext,
  ): Promise<RecoverDevicesPayload> {
    requireScope(context.principal, 'recipients:write');
    return recoverDevices(context, {
      ...given,
      tenantId: context.principal.tenantId,
      attestation: attestation ?? null,
      lostDeviceIds: lostDeviceIds ?? null,
    });
  }
}
