// What the API shows of a recipient: the profile, masked addresses, and how each channel stands.
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import '../../../schema/graphql-enums.ts';
import {
  AddressKind,
  Channel,
  Protection,
  RejectionReason,
  Tristate,
  VerificationMethod,
} from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import { QuietHours } from './preference.type.ts';

@ObjectType({ description: 'A person who may be messaged.' })
@Directive('@key(fields: "id")')
export class Recipient {
  @Field(() => ID, { description: 'The opaque id, `rcp_...`.' })
  id!: string;

  @Field(() => String, { description: 'The language to write in, by BCP 47.' })
  locale!: string;

  @Field(() => String, { nullable: true, description: 'The time zone, by its IANA name.' })
  timeZone!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Whose rules apply: two letters by ISO 3166-1. Taken from the phone number where it was not given.',
  })
  region!: string | null;

  @Field(() => String, { nullable: true, description: 'The mobile carrier, as registered.' })
  carrier!: string | null;

  @Field(() => [Channel], { description: 'Ranked by the person, most wanted first.' })
  preferredChannels!: words.Channel[];

  @Field(() => [Channel], { description: 'Channels that the person does not want at all.' })
  optedOutChannels!: words.Channel[];

  @Field(() => QuietHours, {
    nullable: true,
    description: 'When the person wants no marketing; null where no hours are quiet.',
  })
  quietHours!: QuietHours | null;

  @Field(() => Date, { description: 'When the recipient was registered.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When the profile was changed.' })
  updatedAt!: Date;
}

@ObjectType({
  description: 'An address of a recipient. It is shown masked, or as a whole on record.',
})
export class Address {
  @Field(() => ID, { description: 'The opaque id, `adr_...`.' })
  id!: string;

  @Field(() => AddressKind, { description: 'What kind of identifier it is.' })
  kind!: words.AddressKind;

  @Field(() => String, {
    description:
      'Enough of the address for its owner to recognise it, too little to reach anybody.',
  })
  masked!: string;

  @Field(() => Date, {
    nullable: true,
    description: 'When the person proved to own it; null while nobody has.',
  })
  verifiedAt!: Date | null;

  @Field(() => VerificationMethod, { nullable: true, description: 'How; null while nobody has.' })
  verificationMethod!: words.VerificationMethod | null;

  @Field(() => Date, {
    nullable: true,
    description:
      'When a mail server or a push service said that it does not exist; null again once it is proven, or registered anew.',
  })
  bouncedAt!: Date | null;
}

@ObjectType({ description: 'What is known of a channel of an address.' })
export class ChannelCapability {
  @Field(() => Tristate, { description: 'Whether the channel reaches the address.' })
  supported!: words.Tristate;

  @Field(() => Tristate, {
    description: 'Whether the person’s app offers the channel’s own end-to-end encryption.',
  })
  nativeE2ee!: words.Tristate;

  @Field(() => [String], { description: 'What the channel can show there, in the source’s words.' })
  features!: readonly string[];

  @Field(() => String, { nullable: true, description: 'The carrier that the source named.' })
  carrier!: string | null;

  @Field(() => String, {
    description: 'Who says so: a provider, `assumed` for what every address can do, or `none`.',
  })
  source!: string;

  @Field(() => Date, { nullable: true, description: 'When the source was asked.' })
  checkedAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: 'Until when it is believed; null for as long as the address lasts.',
  })
  expiresAt!: Date | null;
}

@ObjectType({
  description: 'How a channel of a recipient stands, whatever the message. Consent is asked apart.',
})
export class ChannelState {
  @Field(() => Channel, { description: 'The channel.' })
  channel!: words.Channel;

  @Field(() => Boolean, { description: 'Whether a message could take it now.' })
  reachable!: boolean;

  @Field(() => [RejectionReason], { description: 'Why not; empty when reachable.' })
  reasons!: readonly words.RejectionReason[];

  @Field(() => [Protection], {
    description: 'How content could be protected on the way, strongest first.',
  })
  protections!: readonly words.Protection[];

  @Field(() => Int, {
    nullable: true,
    description: 'The person’s own rank of it, from 1; null where they ranked others only.',
  })
  preferenceRank!: number | null;

  @Field(() => Boolean, { description: 'Whether the person does not want it at all.' })
  isOptedOut!: boolean;

  @Field(() => ChannelCapability, {
    nullable: true,
    description: 'What is known of the address; null without one.',
  })
  capability!: ChannelCapability | null;
}
