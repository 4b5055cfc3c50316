// The door to what a tenant says of attestations.
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { configureAttestation } from '../configure-attestation.ts';
import type { RecipientsContext } from '../context.ts';
import { ConfigureAttestationInput, ConfigureAttestationPayload } from './attestation.input.ts';

@Resolver()
export class AttestationResolver {
  @Mutation(() => ConfigureAttestationPayload, {
    description:
      'Sets for which app devices attest their keys, whose roots count, and what is required.',
  })
  async configureAttestation(
    @Arg('input', () => ConfigureAttestationInput, { description: 'The policy.' })
    { ...given }: ConfigureAttestationInput,
    @Ctx() context: RecipientsContext,
  ): Promise<ConfigureAttestationPayload> {
    requireScope(context.principal, 'recipients:admin');
    return configureAttestation(context, { ...given, tenantId: context.principal.tenantId });
  }
}
