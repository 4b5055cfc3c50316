// What the API shows and takes of consent management platforms.
import { createUnionType, Field, InputType, ObjectType } from 'type-graphql';
import { InvalidInput } from '../../../schema/user-errors.ts';
import { Channel, CmpFormat, Purpose, Regulation } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';

const CODE = 'The purpose as the platform names it.';
const MEANING = 'What it is here; null: it concerns other things, and is passed over.';
const CHANNELS = 'The channels that it covers; empty exactly where there is no purpose.';

@InputType({ description: 'What a purpose of a consent management platform means here.' })
export class CmpPurposeInput {
  @Field(() => String, { description: CODE })
  code!: string;

  @Field(() => Purpose, { nullable: true, description: MEANING })
  purpose?: words.Purpose | null;

  @Field(() => [Channel], { description: CHANNELS, defaultValue: [] })
  channels!: words.Channel[];
}

@InputType({ description: 'A consent management platform that tells of its events.' })
export class ConfigureCmpSourceInput {
  @Field(() => CmpFormat, { description: 'The form of its events; a tenant has one source each.' })
  format!: words.CmpFormat;

  @Field(() => [CmpPurposeInput], {
    description: 'Every purpose that its events name. One that is missing here is refused.',
  })
  purposes!: CmpPurposeInput[];

  @Field(() => Regulation, {
    description: 'Under whose law consents count whose event names none.',
    defaultValue: Regulation.ALL,
  })
  regulation!: words.Regulation;

  @Field(() => String, { description: 'Whose law applied where an event does not say: AT, US-CA.' })
  jurisdiction!: string;

  @Field(() => String, { description: 'The version of the text, where an event does not say.' })
  policyVersion!: string;

  @Field(() => [String], {
    description: 'For ONETRUST: public keys that sign its tokens, each a JWK as JSON.',
    defaultValue: [],
  })
  publicKeys!: string[];

  @Field(() => Boolean, {
    description: 'Makes a new secret. The one before it is taken until the next rotation.',
    defaultValue: false,
  })
  rotateSecret!: boolean;
}

@ObjectType({ description: 'What a purpose of a consent management platform means here.' })
export class CmpPurpose {
  @Field(() => String, { description: CODE })
  code!: string;

  @Field(() => Purpose, { nullable: true, description: MEANING })
  purpose!: words.Purpose | null;

  @Field(() => [Channel], { description: CHANNELS })
  channels!: words.Channel[];
}

@ObjectType({ description: 'A consent management platform that a tenant listens to.' })
export class CmpSource {
  @Field(() => CmpFormat, { description: 'The form of its events.' })
  format!: words.CmpFormat;

  @Field(() => String, { description: 'Where it sends them, below the public URL.' })
  path!: string;

  @Field(() => [CmpPurpose], { description: 'What its purposes mean here.' })
  purposes!: CmpPurpose[];

  @Field(() => Regulation, { description: 'Under whose law consents count that name none.' })
  regulation!: words.Regulation;

  @Field(() => String, { description: 'Whose law applied where an event does not say.' })
  jurisdiction!: string;

  @Field(() => String, { description: 'The version of the text, where an event does not say.' })
  policyVersion!: string;

  @Field(() => Date, { description: 'When it was configured last.' })
  changedAt!: Date;
}

export const ConfigureCmpSourceError = createUnionType({
  name: 'ConfigureCmpSourceError',
  description: 'Why nothing was configured.',
  types: () => [InvalidInput] as const,
});

@ObjectType({ description: 'What came of configuring a consent management platform.' })
export class ConfigureCmpSourcePayload {
  @Field(() => CmpSource, { nullable: true, description: 'As it is now; null when refused.' })
  source!: CmpSource | null;

  @Field(() => String, {
    nullable: true,
    description:
      'A secret that was made now: the key of signatures, or the client secret. Shown this once.',
  })
  secret!: string | null;

  @Field(() => [ConfigureCmpSourceError], { description: 'Why it was refused; empty when not.' })
  errors!: InvalidInput[];
}
