// The door to who a recipient is: found by any identifier, changed, given addresses, merged.
import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { InvalidInput, type AlreadyExists, type NotFound } from '../../../schema/user-errors.ts';
import { addAddress } from '../add-address.ts';
import type { RecipientsContext } from '../context.ts';
import { OWN_KIND } from '../domain/external-id.ts';
import { listOptOuts } from '../domain/preference.ts';
import { findRecipientBy, type RecipientName } from '../find-recipient-by.ts';
import { mergeRecipients } from '../merge-recipients.ts';
import { removeAddress } from '../remove-address.ts';
import type { RecipientRow } from '../store/recipient.table.ts';
import { updateRecipient } from '../update-recipient.ts';
import type { WrittenAddress } from '../written-address.ts';
import { verifyAddress } from '../verify-address.ts';
import {
  AddAddressInput,
  ChangeRecipientPayload,
  MergeRecipientsInput,
  RemoveAddressInput,
  UpdateRecipientInput,
  VerifyAddressInput,
} from './identity.input.ts';
import { ChannelOptOut, FeatureFlag } from './preference.type.ts';
import { readProfile, RecipientExternalId } from './profile.input.ts';
import { Recipient } from './recipient.type.ts';

type Changed =
  { readonly recipientId: string } | { readonly error: InvalidInput | NotFound | AlreadyExists };

@Resolver(() => Recipient)
export class IdentityResolver {
  @Query(() => Recipient, {
    nullable: true,
    description: 'The recipient whom a system of the tenant calls so; null when there is none.',
  })
  recipientByExternalId(
    @Arg('value', () => String, { description: 'The id.' }) value: string,
    @Arg('kind', () => String, {
      defaultValue: OWN_KIND,
      description: 'Whose id it is; the tenant’s own when missing.',
    })
    kind: string,
    @Ctx() context: RecipientsContext,
  ): Promise<Recipient | null> {
    return findBy(context, { externalId: { kind, value } });
  }

  @Query(() => Recipient, {
    nullable: true,
    description: 'The recipient with this phone number; null when there is none.',
  })
  recipientByPhone(
    @Arg('phone', () => String, { description: 'In international form.' }) text: string,
    @Ctx() context: RecipientsContext,
  ): Promise<Recipient | null> {
    return findBy(context, { address: { kind: 'PHONE', text } });
  }

  @Query(() => Recipient, {
    nullable: true,
    description: 'The recipient with this email address; null when there is none.',
  })
  recipientByEmail(
    @Arg('email', () => String, { description: 'The address.' }) text: string,
    @Ctx() context: RecipientsContext,
  ): Promise<Recipient | null> {
    return findBy(context, { address: { kind: 'EMAIL', text } });
  }

  @Mutation(() => ChangeRecipientPayload, {
    description: 'Changes what is known of a recipient, and what the person wishes.',
  })
  async updateRecipient(
    @Arg('input', () => UpdateRecipientInput, { description: 'What is to be changed.' })
    input: UpdateRecipientInput,
    @Ctx() context: RecipientsContext,
  ): Promise<ChangeRecipientPayload> {
    const { tenantId } = writer(context);
    return updateRecipient(context, {
      tenantId,
      recipientId: input.recipientId,
      profile: readProfile(input),
      addExternalIds: input.addExternalIds.map(({ kind, value }) => ({ kind, value })),
      removeExternalIds: input.removeExternalIds,
    });
  }

  @Mutation(() => ChangeRecipientPayload, {
    description:
      'Gives a recipient one more address. A verified one is used before others, and the newest before older ones.',
  })
  async addAddress(
    @Arg('input', () => AddAddressInput, { description: 'The address.' })
    { recipientId, phone, email, appleId }: AddAddressInput,
    @Ctx() context: RecipientsContext,
  ): Promise<ChangeRecipientPayload> {
    const { tenantId } = writer(context);
    const given: readonly WrittenAddress[] = [
      { kind: 'PHONE', text: phone ?? '' },
      { kind: 'EMAIL', text: email ?? '' },
      { kind: 'APPLE_ID', text: appleId ?? '' },
    ];
    const [address, ...others] = given.filter(({ text }) => text !== '');
    if (address === undefined || others.length > 0) {
      const sentence = 'Give exactly one of phone, email and appleId.';
      return { recipient: null, errors: [new InvalidInput(['phone'], sentence)] };
    }
    return changed(context, await addAddress(context, { tenantId, recipientId, address }));
  }

  @Mutation(() => ChangeRecipientPayload, {
    description: 'Forgets an address: nothing is sent to it from now on.',
  })
  async removeAddress(
    @Arg('input', () => RemoveAddressInput, { description: 'The address.' })
    { addressId }: RemoveAddressInput,
    @Ctx() context: RecipientsContext,
  ): Promise<ChangeRecipientPayload> {
    const { tenantId } = writer(context);
    return changed(context, await removeAddress(context, { tenantId, addressId }));
  }

  @Mutation(() => ChangeRecipientPayload, {
    description: 'Records that the person proved to own an address.',
  })
  async verifyAddress(
    @Arg('input', () => VerifyAddressInput, { description: 'The address and the proof.' })
    { addressId, method, verifiedAt }: VerifyAddressInput,
    @Ctx() context: RecipientsContext,
  ): Promise<ChangeRecipientPayload> {
    const { tenantId, subject: actor } = writer(context);
    const proof = { tenantId, addressId, method, verifiedAt: verifiedAt ?? null, actor };
    return changed(context, await verifyAddress(context, proof));
  }

  @Mutation(() => ChangeRecipientPayload, {
    description:
      'Makes one recipient of two records of the same person. The merged id goes on naming the one that stays.',
  })
  async mergeRecipients(
    @Arg('input', () => MergeRecipientsInput, { description: 'The two records.' })
    { recipientId, mergedId }: MergeRecipientsInput,
    @Ctx() context: RecipientsContext,
  ): Promise<ChangeRecipientPayload> {
    requireScope(context.principal, 'recipients:admin');
    const { tenantId } = context.principal;
    return mergeRecipients(context, { tenantId, recipientId, mergedId });
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'The tenant’s own id of this person.',
  })
  async externalId(
    @Root() { id }: RecipientRow,
    @Ctx() { loaders }: RecipientsContext,
  ): Promise<string | null> {
    const ids = await loaders.externalIds.load(id);
    return ids.find(({ kind }) => kind === OWN_KIND)?.value ?? null;
  }

  @FieldResolver(() => [RecipientExternalId], {
    description: 'What systems of the tenant call this person, its own id included.',
  })
  externalIds(
    @Root() { id }: RecipientRow,
    @Ctx() { loaders }: RecipientsContext,
  ): Promise<readonly RecipientExternalId[]> {
    return loaders.externalIds.load(id);
  }

  @FieldResolver(() => [ChannelOptOut], {
    description: 'What the person refuses, by channel and purpose.',
  })
  optOuts(@Root() { optedOutChannels, purposeOptOuts }: RecipientRow): ChannelOptOut[] {
    return listOptOuts(optedOutChannels, purposeOptOuts);
  }

  @FieldResolver(() => [FeatureFlag], {
    description: 'Features that are tried out with this person, or kept from them, by name.',
  })
  featureFlags(@Root() { featureFlags }: RecipientRow): FeatureFlag[] {
    return Object.entries(featureFlags)
      .map(([name, isEnabled]) => ({ name, isEnabled }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function writer({ principal }: RecipientsContext): RecipientsContext['principal'] {
  requireScope(principal, 'recipients:write');
  return principal;
}

async function findBy(context: RecipientsContext, name: RecipientName): Promise<Recipient | null> {
  requireScope(context.principal, 'recipients:read');
  const id = await findRecipientBy(context, context.principal.tenantId, name);
  return id === null ? null : context.loaders.recipient.load(id);
}

async function changed(
  { loaders }: RecipientsContext,
  outcome: Changed,
): Promise<ChangeRecipientPayload> {
  if ('error' in outcome) return { recipient: null, errors: [outcome.error] };
  return { recipient: await loaders.recipient.load(outcome.recipientId), errors: [] };
}
