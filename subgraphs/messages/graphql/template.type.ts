// The template as clients see it.
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { RegistrationState, Strategy } from '../../../schema/vocabulary-templates.ts';
import {
  Channel,
  Mask,
  MessageType,
  Purpose,
  Sensitivity,
  SuccessRule,
  TemplateState,
  UncertainOutcome,
  VariableKind,
} from '../../../schema/vocabulary.ts';
import { LintFinding } from './lint.type.ts';

@ObjectType({ description: 'A value that a message puts into its template.' })
export class TemplateVariable {
  @Field({ description: 'Stands as {{name}} in the texts.' })
  readonly name!: string;

  @Field(() => VariableKind, { description: 'What kind of value it takes.' })
  readonly kind!: VariableKind;

  @Field({ description: 'Whether a message must give it.' })
  readonly required!: boolean;

  @Field({ description: 'Whether it is kept out of clear text.' })
  readonly sensitive!: boolean;

  @Field(() => Mask, { description: 'What stands for it in clear text when it is sensitive.' })
  readonly mask!: Mask;

  @Field(() => Int, { nullable: true, description: 'The longest value; 500 where null.' })
  readonly charactersMax?: number | null;
}

@ObjectType({ description: 'Something the recipient can tap.' })
export class TemplateAction {
  @Field(() => ID, { description: 'Comes back with the tap.' })
  readonly id!: string;

  @Field({ description: 'What stands on it.' })
  readonly label!: string;

  @Field(() => String, { nullable: true, description: 'The page it opens; a reply where null.' })
  readonly url!: string | null;
}

@ObjectType({ description: 'The content of a template in one locale.' })
export class LocalizedContent {
  @Field({ description: 'BCP 47 tag.' })
  readonly locale!: string;

  @Field(() => String, { nullable: true, description: 'Title of a card or subject of an email.' })
  readonly title!: string | null;

  @Field({ description: 'The text.' })
  readonly body!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Shorter text for SMS; the body where null.',
  })
  readonly smsText!: string | null;

  @Field({
    description: 'What everybody on the way may read when the content itself is protected.',
  })
  readonly neutralText!: string;

  @Field(() => [TemplateAction], { description: 'At most four.' })
  readonly actions!: readonly TemplateAction[];
}

@ObjectType({ description: 'A change of a template version’s state.' })
export class TemplateChange {
  @Field(() => TemplateState, {
    nullable: true,
    description: 'The state it came from; null where it was created.',
  })
  readonly from!: TemplateState | null;

  @Field(() => TemplateState, { description: 'The state it came into.' })
  readonly state!: TemplateState;

  @Field({ description: 'The token subject that did it.' })
  readonly by!: string;

  @Field({ description: 'When.' })
  readonly at!: Date;

  @Field(() => String, { nullable: true, description: 'Why, where it was said.' })
  readonly reason!: string | null;
}

@ObjectType({ description: 'What a registrar says of a template version.' })
export class TemplateRegistration {
  @Field({ description: 'A provider, a carrier or a registry, such as twilio or india-dlt.' })
  readonly registrar!: string;

  @Field(() => RegistrationState, { description: 'Its last word.' })
  readonly state!: RegistrationState;

  @Field(() => String, { nullable: true, description: 'Its own id of the template.' })
  readonly reference!: string | null;

  @Field({ description: 'The token subject that wrote it down.' })
  readonly by!: string;

  @Field({ description: 'When.' })
  readonly at!: Date;
}

@Directive('@key(fields: "id")')
@ObjectType({ description: 'One version of a template. Only an approved one is sent.' })
export class Template {
  @Field(() => ID, { description: 'Opaque id of this version.' })
  readonly id!: string;

  @Field({ description: 'The name by which messages refer to it.' })
  readonly name!: string;

  @Field(() => Int, { description: 'From 1; messages use the newest approved one.' })
  readonly version!: number;

  @Field(() => TemplateState, { description: 'Where this version stands.' })
  readonly state!: TemplateState;

  @Field(() => MessageType, { description: 'What kind of message it makes.' })
  readonly type!: MessageType;

  @Field(() => Purpose, { description: 'The consent that its messages need.' })
  readonly purpose!: Purpose;

  @Field(() => Sensitivity, { description: 'How its messages must be protected.' })
  readonly sensitivity!: Sensitivity;

  @Field(() => [Channel], { description: 'The channels that may carry it.' })
  readonly channels!: readonly Channel[];

  @Field(() => [LocalizedContent], { description: 'Its texts; the first locale is the fallback.' })
  readonly locales!: readonly LocalizedContent[];

  @Field(() => [TemplateVariable], { description: 'Its variables.' })
  readonly variables!: readonly TemplateVariable[];

  @Field(() => SuccessRule, { description: 'What counts as success.' })
  readonly success!: SuccessRule;

  @Field(() => UncertainOutcome, { description: 'What to do when a provider’s answer was lost.' })
  readonly uncertainOutcome!: UncertainOutcome;

  @Field(() => Int, {
    nullable: true,
    description: 'Seconds to wait for a receipt before the next route.',
  })
  readonly receiptWindowSeconds!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Seconds after which a message is not sent any more.',
  })
  readonly expirySeconds!: number | null;

  @Field(() => Strategy, { description: 'How its messages go out.' })
  readonly strategy!: Strategy;

  @Field(() => Int, {
    nullable: true,
    description: 'How many channels PARALLEL takes at once; null: two.',
  })
  readonly parallelChannels!: number | null;

  @Field(() => [LintFinding], {
    description: 'What the lint says: of a draft now, of any other version when it was submitted.',
  })
  readonly findings!: readonly LintFinding[];

  @Field(() => [TemplateChange], {
    description: 'Its changelog: who moved it, when and why; oldest first.',
  })
  readonly history!: readonly TemplateChange[];

  @Field(() => [TemplateRegistration], {
    description: 'What registrars say of it; it is approved where all of them approve.',
  })
  readonly registrations!: readonly TemplateRegistration[];
}
