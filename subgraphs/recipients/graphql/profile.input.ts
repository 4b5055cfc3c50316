// What a mutation says of a person: every field may be left out, and then says nothing.
import { Field, InputType, ObjectType } from 'type-graphql';
import { Channel } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import type { ExternalId } from '../domain/external-id.ts';
import { splitOptOuts } from '../domain/preference.ts';
import type { Profile } from '../domain/profile.ts';
import { ChannelOptOutInput, FeatureFlagInput, QuietHoursInput } from './preference.type.ts';

@ObjectType({ description: 'What another system calls a person.' })
export class RecipientExternalId implements ExternalId {
  @Field(() => String, { description: 'The system or kind of id, such as user_id.' })
  kind!: string;

  @Field(() => String, { description: 'The id.' })
  value!: string;
}

@InputType({ description: 'What another system calls a person.' })
export class ExternalIdInput implements ExternalId {
  @Field(() => String, { description: 'The system or kind of id, such as user_id.' })
  kind!: string;

  @Field(() => String, { description: 'The id. Unique in the tenant; never an address.' })
  value!: string;
}

@InputType({ description: 'What is said of a person; what is left out stays as it is.' })
export class ProfileInput {
  @Field(() => String, { nullable: true, description: 'The language to write in, by BCP 47.' })
  locale?: string | null;

  @Field(() => String, { nullable: true, description: 'The time zone, by its IANA name.' })
  timeZone?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Whose rules apply: two letters by ISO 3166-1. Taken from the phone number when missing.',
  })
  region?: string | null;

  @Field(() => String, { nullable: true, description: 'The mobile carrier, where it is known.' })
  carrier?: string | null;

  @Field(() => [Channel], {
    nullable: true,
    description: 'Ranked by the person, most wanted first.',
  })
  preferredChannels?: words.Channel[] | null;

  @Field(() => [Channel], {
    nullable: true,
    description: 'Channels that the person does not want at all.',
  })
  optedOutChannels?: words.Channel[] | null;

  @Field(() => [ChannelOptOutInput], {
    nullable: true,
    description:
      'All that the person refuses, by channel and purpose. Given instead of optedOutChannels.',
  })
  optOuts?: ChannelOptOutInput[] | null;

  @Field(() => QuietHoursInput, {
    nullable: true,
    description: 'When the person wants no marketing; null for never. Needs a time zone.',
  })
  quietHours?: QuietHoursInput | null;

  @Field(() => [FeatureFlagInput], {
    nullable: true,
    description: 'Features that are tried out with this person, or kept from them.',
  })
  featureFlags?: FeatureFlagInput[] | null;
}

/** What was said: null clears what may be empty, and says nothing of what may not. */
export function readProfile(input: ProfileInput): Partial<Profile> {
  const { locale, preferredChannels, optedOutChannels, optOuts, featureFlags, quietHours } = input;
  const clearable = ['timeZone', 'region', 'carrier'] as const;
  return {
    ...(locale && { locale }),
    ...Object.fromEntries(
      clearable.flatMap((name) => (input[name] === undefined ? [] : [[name, input[name]]])),
    ),
    ...(preferredChannels && { preferredChannels }),
    ...(optedOutChannels && { optedOutChannels }),
    ...(optOuts &&
      splitOptOuts(optOuts.map(({ channel, purpose }) => ({ channel, purpose: purpose ?? null })))),
    ...(quietHours !== undefined && { quietHours: quietHours && plainHours(quietHours) }),
    ...(featureFlags && {
      featureFlags: Object.fromEntries(
        featureFlags.map(({ name, isEnabled }) => [name, isEnabled]),
      ),
    }),
  };
}

// Rows are compared with what is stored, where an instance of a class is another thing.
const plainHours = ({ from, to, days }: QuietHoursInput) => ({ from, to, days });
