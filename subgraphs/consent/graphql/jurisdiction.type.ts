// The rules of jurisdictions, as data that people of the law can read and check.
import { Field, Int, ObjectType } from 'type-graphql';
import { CaptureMethod, Purpose, Regulation } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';

@ObjectType({
  description: 'A way to be consented without having agreed, where the law knows one.',
})
export class ImpliedConsent {
  @Field(() => CaptureMethod, { description: 'From what it is taken.' })
  method!: words.CaptureMethod;

  @Field(() => [Purpose], { description: 'For which purposes it suffices; empty for none.' })
  purposes!: readonly words.Purpose[];

  @Field(() => Int, {
    nullable: true,
    description: 'For how many days; null until it is withdrawn.',
  })
  days!: number | null;
}

@ObjectType({ description: 'What the law of a jurisdiction asks of a consent.' })
export class JurisdictionRules {
  @Field(() => String, {
    description:
      'The law, or `STRICT` for regions that are unknown or whose law is not written here.',
  })
  name!: string;

  @Field(() => String, { description: 'The version of all rules; decisions name it.' })
  version!: string;

  @Field(() => [String], { description: 'Where it applies: countries and parts by ISO 3166.' })
  regions!: readonly string[];

  @Field(() => [Regulation], { description: 'Whose records count here, beside those of all.' })
  regulations!: readonly words.Regulation[];

  @Field(() => [ImpliedConsent], { description: 'What suffices without an opt-in.' })
  implied!: readonly ImpliedConsent[];

  @Field(() => [Purpose], { description: 'What the word START may opt in again.' })
  startPurposes!: readonly words.Purpose[];

  @Field(() => [String], { description: 'What the text that people agree to must say.' })
  disclosures!: readonly string[];

  @Field(() => Int, {
    description: 'Within how many days a withdrawal must be honoured; here at once.',
  })
  withdrawalDays!: number;

  @Field(() => Int, { description: 'How long evidence is kept after a consent ended.' })
  retentionDays!: number;

  @Field(() => [String], { description: 'Where it is written.' })
  sources!: readonly string[];
}
