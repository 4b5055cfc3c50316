// The door for configuring consent management platforms.
import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { configureCmpSource } from '../configure-cmp-source.ts';
import type { ConsentContext } from '../context.ts';
import { findCmpSources, type CmpSource as CmpSourceRow } from '../store/cmp-sources.ts';
import { CmpSource, ConfigureCmpSourceInput, ConfigureCmpSourcePayload } from './cmp.type.ts';

@Resolver()
export class CmpResolver {
  @Query(() => [CmpSource], { description: 'The platforms that the tenant listens to.' })
  async cmpSources(@Ctx() { principal, database }: ConsentContext): Promise<CmpSource[]> {
    requireScope(principal, 'consent:admin');
    const { tenantId } = principal;
    return (await database.read(tenantId, (tx) => findCmpSources(tx, tenantId))).map(toSource);
  }

  @Mutation(() => ConfigureCmpSourcePayload, {
    description: 'Listens to a consent management platform from now on, or changes how.',
  })
  async configureCmpSource(
    @Arg('input', () => ConfigureCmpSourceInput, { description: 'The platform.' })
    input: ConfigureCmpSourceInput,
    @Ctx() context: ConsentContext,
  ): Promise<ConfigureCmpSourcePayload> {
    const { principal, webhookSecrets } = context;
    requireScope(principal, 'consent:admin');
    const { tenantId } = principal;
    const purposes = input.purposes.map(({ code, purpose, channels }) => {
      return { code, purpose: purpose ?? null, channels };
    });
    const { format, regulation, jurisdiction, policyVersion, publicKeys, rotateSecret } = input;
    const { source, secret, errors } = await configureCmpSource(context, webhookSecrets, {
      tenantId,
      format,
      purposes,
      regulation,
      jurisdiction,
      policyVersion,
      publicKeys,
      rotateSecret,
    });
    return { source: source === null ? null : toSource(source), secret, errors };
  }
}

function toSource(row: CmpSourceRow): CmpSource {
  const { tenantId, format, purposes, regulation, jurisdiction, policyVersion, changedAt } = row;
  return {
    format,
    path: `/cmp/${tenantId}/${format.toLowerCase()}`,
    purposes: purposes.map((one) => ({ ...one, channels: [...one.channels] })),
    regulation,
    jurisdiction,
    policyVersion,
    changedAt: new Date(changedAt),
  };
}
