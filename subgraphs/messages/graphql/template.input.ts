// Inputs of the template mutations.
import { Field, ID, InputType, Int } from 'type-graphql';
import {
  Channel,
  Mask,
  MessageType,
  Purpose,
  Sensitivity,
  SuccessRule,
  UncertainOutcome,
  VariableKind,
} from '../../../schema/vocabulary.ts';
import { Strategy } from '../../../schema/vocabulary-templates.ts';
import type * as words from '../../../schema/vocabulary-templates.ts';

@InputType({ description: 'A variable of a template.' })
export class TemplateVariableInput {
  @Field({ description: 'Up to 40 of a-z, 0-9 and _.' })
  readonly name!: string;

  @Field(() => VariableKind, { defaultValue: VariableKind.TEXT, description: 'What it takes.' })
  readonly kind!: VariableKind;

  @Field({ defaultValue: true, description: 'Whether a message must give it.' })
  readonly required!: boolean;

  @Field({ defaultValue: false, description: 'Whether it is kept out of clear text.' })
  readonly sensitive!: boolean;

  @Field(() => Mask, {
    defaultValue: Mask.HIDDEN,
    description: 'What stands for it in clear text.',
  })
  readonly mask!: Mask;

  @Field(() => Int, {
    nullable: true,
    description: 'The longest value that a message may give, 1 to 500; 500 where left out.',
  })
  readonly charactersMax?: number | null;
}

@InputType({ description: 'Something the recipient can tap.' })
export class TemplateActionInput {
  @Field(() => ID, { description: 'Comes back with the tap.' })
  readonly id!: string;

  @Field({ description: 'Up to 25 characters.' })
  readonly label!: string;

  @Field(() => String, { nullable: true, description: 'An https address; a reply without it.' })
  readonly url?: string | null;
}

@InputType({ description: 'The content of a template in one locale.' })
export class LocalizedContentInput {
  @Field({ description: 'BCP 47 tag such as en or de-CH.' })
  readonly locale!: string;

  @Field(() => String, { nullable: true, description: 'Up to 200 characters.' })
  readonly title?: string | null;

  @Field({ description: 'Up to 2,000 characters.' })
  readonly body!: string;

  @Field(() => String, { nullable: true, description: 'Up to 1,530 characters.' })
  readonly smsText?: string | null;

  @Field({ description: 'Without variables: everybody on the way may read it.' })
  readonly neutralText!: string;

  @Field(() => [TemplateActionInput], { defaultValue: [], description: 'At most four.' })
  readonly actions!: TemplateActionInput[];
}

@InputType({ description: 'A new version of a template.' })
export class CreateTemplateInput {
  @Field({ description: '2 to 64 of a-z, 0-9 and _; a known name gets its next version.' })
  readonly name!: string;

  @Field(() => MessageType, { description: 'What kind of message it makes.' })
  readonly type!: MessageType;

  @Field(() => Purpose, { description: 'The consent that its messages need.' })
  readonly purpose!: Purpose;

  @Field(() => Sensitivity, { description: 'How its messages must be protected.' })
  readonly sensitivity!: Sensitivity;

  @Field(() => [Channel], { description: 'The channels that may carry it.' })
  readonly channels!: Channel[];

  @Field(() => [LocalizedContentInput], { description: 'The first locale is the fallback.' })
  readonly locales!: LocalizedContentInput[];

  @Field(() => [TemplateVariableInput], { defaultValue: [], description: 'Its variables.' })
  readonly variables!: TemplateVariableInput[];

  @Field(() => SuccessRule, {
    defaultValue: SuccessRule.DELIVERED,
    description: 'What counts as success.',
  })
  readonly success!: SuccessRule;

  @Field(() => UncertainOutcome, {
    defaultValue: UncertainOutcome.HOLD,
    description: 'What to do when a provider’s answer was lost.',
  })
  readonly uncertainOutcome!: UncertainOutcome;

  @Field(() => Int, { nullable: true, description: '10 to 120; the type’s own where left out.' })
  readonly receiptWindowSeconds?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: '30 to 604,800; the type’s own where left out.',
  })
  readonly expirySeconds?: number | null;

  @Field(() => Strategy, {
    defaultValue: Strategy.SINGLE,
    description: 'How its messages go out. PARALLEL is for an ALERT that must be seen now.',
  })
  readonly strategy!: words.Strategy;

  @Field(() => Int, {
    nullable: true,
    description: 'How many channels PARALLEL takes at once, 2 or 3; two where left out.',
  })
  readonly parallelChannels?: number | null;
}

@InputType({ description: 'Which template version to move to its next state.' })
export class MoveTemplateInput {
  @Field(() => ID, { description: 'The version.' })
  readonly templateId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Why; kept in its history. Rejecting and retiring need it.',
  })
  readonly reason?: string | null;
}
