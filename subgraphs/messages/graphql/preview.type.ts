// What a preview shows.
import { createUnionType, Field, ID, Int, ObjectType } from 'type-graphql';
import { SmsEncoding } from '../../../schema/vocabulary-templates.ts';
import { Channel, Protection } from '../../../schema/vocabulary.ts';
import { TemplateAction } from './template.type.ts';

@ObjectType({ description: 'A suggestion under a card.' })
export class CardActionPreview {
  @Field({ description: 'What stands on it.' })
  readonly label!: string;

  @Field(() => String, { nullable: true, description: 'The page it opens; a reply where null.' })
  readonly url!: string | null;

  @Field(() => ID, { description: 'What comes back with the tap; the message’s id stands first.' })
  readonly postback!: string;
}

@ObjectType({ description: 'An RCS card, or a text with suggestions where it has no title.' })
export class CardPreview {
  @Field(() => String, { nullable: true, description: 'The card’s title.' })
  readonly title!: string | null;

  @Field({ description: 'The card’s text.' })
  readonly body!: string;

  @Field(() => [CardActionPreview], { description: 'Its suggestions, in their order.' })
  readonly actions!: readonly CardActionPreview[];
}

@ObjectType({ description: 'An SMS, and what it takes to send it.' })
export class SmsPreview {
  @Field({ description: 'The text.' })
  readonly text!: string;

  @Field(() => SmsEncoding, { description: 'The alphabet that its characters need.' })
  readonly encoding!: SmsEncoding;

  @Field(() => Int, { description: 'The parts that it is sent in, and paid for.' })
  readonly segments!: number;

  @Field(() => [String], { description: 'The characters that force it into UCS-2, each once.' })
  readonly unicodeCharacters!: readonly string[];
}

@ObjectType({ description: 'An email.' })
export class EmailPreview {
  @Field({ description: 'The subject, on one line.' })
  readonly subject!: string;

  @Field({ description: 'What mail programs without HTML show.' })
  readonly plainText!: string;

  @Field({ description: 'The whole document. It loads nothing from elsewhere.' })
  readonly html!: string;
}

@ObjectType({ description: 'An answer that can be tapped.' })
export class ReplyPreview {
  @Field({ description: 'What stands on it.' })
  readonly label!: string;

  @Field(() => ID, { description: 'What comes back with the tap; the message’s id stands first.' })
  readonly postback!: string;
}

@ObjectType({ description: 'A bubble in the Messages app.' })
export class BubblePreview {
  @Field({ description: 'The text, with its links.' })
  readonly text!: string;

  @Field(() => [ReplyPreview], { description: 'What can be tapped, where there are two to five.' })
  readonly replies!: readonly ReplyPreview[];
}

@ObjectType({ description: 'A notification of an app, and whether it fits.' })
export class PushPreview {
  @Field(() => String, { nullable: true, description: 'The title.' })
  readonly title!: string | null;

  @Field({ description: 'The text.' })
  readonly body!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What a tap opens; null where there is nothing to open but the app.',
  })
  readonly url!: string | null;

  @Field(() => Boolean, {
    description: 'Whether that has an envelope, which the app opens with its device’s key.',
  })
  readonly isSealed!: boolean;

  @Field(() => [TemplateAction], { description: 'What else can be tapped.' })
  readonly actions!: readonly TemplateAction[];

  @Field(() => Int, { description: 'What it says, in bytes.' })
  readonly bytes!: number;

  @Field(() => Int, { description: 'What it may say, in bytes.' })
  readonly bytesMax!: number;

  @Field(() => Boolean, {
    description: 'Whether it can be sent. What cannot goes on by the next route.',
  })
  readonly fits!: boolean;
}

export const ContentPreview = createUnionType({
  name: 'ContentPreview',
  description: 'What a channel would carry, before any provider’s own format.',
  types: () => [CardPreview, SmsPreview, EmailPreview, BubblePreview, PushPreview] as const,
  resolveType: (value) => {
    if ('html' in value) return EmailPreview;
    if ('bytesMax' in value) return PushPreview;
    if ('replies' in value) return BubblePreview;
    return 'text' in value ? SmsPreview : CardPreview;
  },
});

@ObjectType({ description: 'What the recipient alone reads.' })
export class InsidePreview {
  @Field(() => String, { nullable: true, description: 'The title.' })
  readonly title!: string | null;

  @Field({ description: 'The text, with every value in full.' })
  readonly body!: string;

  @Field(() => [TemplateAction], { description: 'What can be tapped.' })
  readonly actions!: readonly TemplateAction[];
}

@ObjectType({ description: 'What one channel would carry under one protection.' })
export class RenderingPreview {
  @Field(() => Channel, { description: 'The channel.' })
  readonly channel!: Channel;

  @Field(() => Protection, { description: 'How the content would travel.' })
  readonly protection!: Protection;

  @Field(() => ContentPreview, { description: 'What everybody on the way can read.' })
  readonly content!: typeof ContentPreview;

  @Field(() => InsidePreview, {
    nullable: true,
    description: 'What the envelope holds; null where there is none.',
  })
  readonly inside!: InsidePreview | null;
}

@ObjectType({ description: 'What a template would send.' })
export class MessagePreview {
  @Field({
    description: 'The locale whose texts were taken: the wanted one, its language, or the first.',
  })
  readonly locale!: string;

  @Field(() => [RenderingPreview], {
    description: 'By the template’s channels, then by protection, best first.',
  })
  readonly renderings!: readonly RenderingPreview[];
}
