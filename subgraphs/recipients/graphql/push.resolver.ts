// The door to push subscriptions: the key that pages subscribe with, and what browsers answer.
import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import type { RecipientsContext } from '../context.ts';
import { registerPushSubscription } from '../register-push-subscription.ts';
import { RegisterPushSubscriptionInput, RegisterPushSubscriptionPayload } from './push.input.ts';
import { shownAddress } from './shown-address.ts';

@Resolver()
export class PushResolver {
  @Query(() => String, {
    nullable: true,
    description:
      'The `applicationServerKey` that a page subscribes to push messages with; null where there is no push.',
  })
  pushApplicationServerKey(@Ctx() { principal, push }: RecipientsContext): string | null {
    requireScope(principal, 'recipients:read');
    return push.applicationServerKey;
  }

  @Mutation(() => RegisterPushSubscriptionPayload, {
    description:
      'Registers where a person’s browser or app gets push messages. The one that was registered last and is not gone is used; doing it again makes it the last one.',
  })
  async registerPushSubscription(
    @Arg('input', () => RegisterPushSubscriptionInput, { description: 'Whose it is, and it.' })
    { recipientId, deviceId, subscription }: RegisterPushSubscriptionInput,
    @Ctx() context: RecipientsContext,
  ): Promise<RegisterPushSubscriptionPayload> {
    requireScope(context.principal, 'recipients:write');
    const outcome = await registerPushSubscription(context, {
      tenantId: context.principal.tenantId,
      recipientId,
      deviceId: deviceId ?? null,
      subscription,
    });
    if ('errors' in outcome) return { address: null, errors: outcome.errors };
    const addresses = await context.loaders.openedAddresses.load(outcome.recipientId);
    const address = addresses.find(({ id }) => id === outcome.addressId);
    return { address: address === undefined ? null : shownAddress(address), errors: [] };
  }
}
