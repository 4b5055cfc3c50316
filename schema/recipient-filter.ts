// Which recipients are meant: the same words for the list that shows them and for the campaign that writes to them.
import { Field, InputType } from 'type-graphql';
import { Channel, Tristate } from './vocabulary.ts';
import type * as words from './vocabulary.ts';

@InputType({ description: 'How a channel is to stand.' })
export class ChannelFilterInput {
  @Field(() => Channel, { description: 'The channel.' })
  readonly channel!: words.Channel;

  @Field(() => Tristate, {
    nullable: true,
    description: 'What is believed of it; a report that has run out is UNKNOWN.',
  })
  readonly supported?: words.Tristate | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether a message could take it now.' })
  readonly isReachable?: boolean | null;
}

@InputType({ description: 'Which recipients; all that is given must hold.' })
export class RecipientFilterInput {
  @Field(() => String, { nullable: true, description: 'Two letters by ISO 3166-1.' })
  readonly region?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The carrier, as registered or as a source named it.',
  })
  readonly carrier?: string | null;

  @Field(() => ChannelFilterInput, { nullable: true, description: 'How a channel stands.' })
  readonly channel?: ChannelFilterInput | null;
}

export const REGION_EXPECTED = 'region is two letters by ISO 3166-1, such as AT.';

/** Whether a filter names a region as regions are named, or none. */
export const hasRegionOrNone = ({ region }: { readonly region?: string | null }): boolean =>
  region === null || region === undefined || /^[A-Z]{2}$/.test(region);
