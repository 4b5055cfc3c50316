// What the lint says about a template, as clients see it.
import { Field, Int, ObjectType } from 'type-graphql';
import { LintSeverity } from '../../../schema/vocabulary-templates.ts';

@ObjectType({ description: 'A place in a text, in UTF-16 units.' })
export class TextPosition {
  @Field(() => Int, { description: 'Where it begins, from 0.' })
  readonly offset!: number;

  @Field(() => Int, { description: 'How far it goes.' })
  readonly length!: number;
}

@ObjectType({
  description: 'Something that a rule of a region, a carrier or Parley says about a template.',
})
export class LintFinding {
  @Field({ description: 'The rule’s id, such as sms-opt-out.' })
  readonly rule!: string;

  @Field(() => LintSeverity, { description: 'Whether it keeps the template from being submitted.' })
  readonly severity!: LintSeverity;

  @Field(() => String, {
    nullable: true,
    description: 'In which locale; null for the template as a whole.',
  })
  readonly locale!: string | null;

  @Field(() => [String], { description: 'The field of the template, from the outside in.' })
  readonly path!: readonly string[];

  @Field(() => TextPosition, {
    nullable: true,
    description: 'Where in that field’s text; null for all of it.',
  })
  readonly position!: TextPosition | null;

  @Field({ name: 'message', description: 'A sentence for whoever edits the template.' })
  readonly sentence!: string;

  @Field({ description: 'The law, the carriers’ rule or the decision behind it.' })
  readonly source!: string;
}
