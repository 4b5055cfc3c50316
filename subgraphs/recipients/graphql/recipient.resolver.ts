// The door to recipients: one query, two mutations, and the fields that are derived from rows.
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import { NotFound } from '../../../schema/user-errors.ts';
import { Channel as Channels } from '../../../schema/vocabulary.ts';
import type { RecipientsContext } from '../context.ts';
import { addressFor } from '../domain/address.ts';
import { knownCapability, type Capability } from '../domain/capability.ts';
import { reachability } from '../domain/channel-state.ts';
import { refreshCapabilities } from '../refresh-capabilities.ts';
import { registerRecipient } from '../register-recipient.ts';
import type { DeviceRow } from '../store/device.table.ts';
import type { RecipientRow } from '../store/recipient.table.ts';
import { Device } from './device.type.ts';
import {
  readWritten,
  RefreshCapabilitiesInput,
  RefreshCapabilitiesPayload,
  RegisterRecipientInput,
  RegisterRecipientPayload,
} from './recipient.input.ts';
import { shownAddress } from './shown-address.ts';
import { Address, ChannelState, Recipient, type ChannelCapability } from './recipient.type.ts';

/** For the gateway: the recipient behind a key, null for what the caller's tenant does not have. */
export async function resolveRecipient(
  reference: Readonly<Record<string, unknown>>,
  context: RecipientsContext,
): Promise<RecipientRow | null> {
  requireScope(context.principal, 'recipients:read');
  return find(context, String(reference['id']));
}

async function find({ loaders }: RecipientsContext, id: string): Promise<RecipientRow | null> {
  const uuid = uuidOf('recipient', id);
  return uuid === null ? null : loaders.recipient.load(uuid);
}

@Resolver(() => Recipient)
export class RecipientResolver {
  @Query(() => Recipient, { nullable: true, description: 'A recipient; null when there is none.' })
  recipient(
    @Arg('id', () => ID, { description: 'The opaque id, `rcp_...`.' }) id: string,
    @Ctx() context: RecipientsContext,
  ): Promise<Recipient | null> {
    requireScope(context.principal, 'recipients:read');
    return find(context, id);
  }

  @Mutation(() => RegisterRecipientPayload, {
    description: 'Registers a person and has the channels looked up in the background.',
  })
  async registerRecipient(
    @Arg('input', () => RegisterRecipientInput, { description: 'The person.' })
    input: RegisterRecipientInput,
    @Ctx() context: RecipientsContext,
  ): Promise<RegisterRecipientPayload> {
    requireScope(context.principal, 'recipients:write');
    const { tenantId } = context.principal;
    return registerRecipient(context, { tenantId, ...readWritten(input) });
  }

  @Mutation(() => RefreshCapabilitiesPayload, {
    description: 'Looks up what the recipient’s channels can do, now, and waits for the answer.',
  })
  async refreshCapabilities(
    @Arg('input', () => RefreshCapabilitiesInput, { description: 'Whose channels.' })
    { recipientId }: RefreshCapabilitiesInput,
    @Ctx() context: RecipientsContext,
  ): Promise<RefreshCapabilitiesPayload> {
    requireScope(context.principal, 'recipients:write');
    const recipient = await find(context, recipientId);
    if (recipient === null) {
      const error = new NotFound(['recipientId'], 'There is no recipient with this id.');
      return { recipient, errors: [error] };
    }
    await refreshCapabilities(context, recipient.tenantId, { recipientIds: [recipient.id] });
    context.loaders.addresses.clear(recipient.id);
    context.loaders.openedAddresses.clear(recipient.id);
    return { recipient, errors: [] };
  }

  @FieldResolver(() => ID, { description: 'The opaque id, `rcp_...`.' })
  id(@Root() { id }: RecipientRow): string {
    return publicId('recipient', id);
  }

  @FieldResolver(() => [Address], { description: 'The addresses, masked.' })
  async addresses(
    @Root() { id }: RecipientRow,
    @Ctx() { loaders }: RecipientsContext,
  ): Promise<Address[]> {
    const addresses = await loaders.openedAddresses.load(id);
    return addresses.map(shownAddress);
  }

  @FieldResolver(() => [ChannelState], { description: 'How each channel stands.' })
  async channels(
    @Root() recipient: RecipientRow,
    @Ctx() { loaders, clock }: RecipientsContext,
  ): Promise<ChannelState[]> {
    const addresses = await loaders.addresses.load(recipient.id);
    const devices = await loaders.devices.load(recipient.id);
    const now = clock.now();
    return Object.values(Channels).map((channel) => {
      const address = addressFor(channel, addresses);
      const addressed = address !== undefined || channel === 'LINK';
      const capability = addressed
        ? knownCapability(channel, address?.capabilities.get(channel) ?? null)
        : null;
      const state = reachability(channel, {
        capability,
        optedOut: recipient.optedOutChannels.includes(channel),
        bounced: typeof address?.bouncedAt === 'number',
        hasDeviceKey: devices.some((device) => device.state === 'ACTIVE'),
        now,
      });
      const rank = recipient.preferredChannels.indexOf(channel);
      return {
        channel,
        ...state,
        preferenceRank: rank === -1 ? null : rank + 1,
        isOptedOut: recipient.optedOutChannels.includes(channel),
        capability: capability && toCapability(capability),
      };
    });
  }

  @FieldResolver(() => [Device], { description: 'The devices, oldest first; revoked ones too.' })
  devices(
    @Root() { id }: RecipientRow,
    @Ctx() { loaders }: RecipientsContext,
  ): Promise<DeviceRow[]> {
    return loaders.devices.load(id);
  }
}

function toCapability(capability: Capability): ChannelCapability {
  const { checkedAt, expiresAt, ...known } = capability;
  return { ...known, checkedAt: dateOf(checkedAt), expiresAt: dateOf(expiresAt) };
}

function dateOf(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
