// Input of the preview.
import { Field, ID, InputType } from 'type-graphql';
import { Protection } from '../../../schema/vocabulary.ts';
import { VariableInput } from './message.input.ts';

@InputType({ description: 'Which template version to show, and with which values.' })
export class PreviewMessageInput {
  @Field(() => ID, { description: 'The version, in whatever state it is.' })
  readonly templateId!: string;

  @Field(() => [VariableInput], {
    defaultValue: [],
    description: 'Values for the template; they are neither kept nor logged.',
  })
  readonly variables!: VariableInput[];

  @Field(() => String, {
    nullable: true,
    description: 'BCP 47 tag; the template’s first locale where left out.',
  })
  readonly locale?: string | null;

  @Field(() => Protection, {
    nullable: true,
    description: 'The one to show; all that the template may use where left out.',
  })
  readonly protection?: Protection | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Where the reader is, by ISO 3166: it decides on disclosures. That of the locale where left out.',
  })
  readonly region?: string | null;
}
