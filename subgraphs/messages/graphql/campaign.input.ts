// What campaign mutations take.
import { Field, ID, InputType, Int } from 'type-graphql';
import { RecipientFilterInput } from '../../../schema/recipient-filter.ts';
import { VariableInput } from './message.input.ts';

@InputType({ description: 'One template to everybody whom a filter means.' })
export class CreateCampaignInput {
  @Field({
    description:
      'Chosen by the caller, 1 to 255 characters. The same key with the same body is the same campaign, however often it is created.',
  })
  readonly idempotencyKey!: string;

  @Field({ description: 'For those who look after it; up to 100 characters.' })
  readonly name!: string;

  @Field({
    description:
      'The name of a template with an approved version. That version is sent; when another one takes its place, the campaign pauses.',
  })
  readonly template!: string;

  @Field(() => RecipientFilterInput, {
    description:
      'Whom it goes to, in the words of `recipients`; empty: everybody. Whoever is registered later is not meant.',
  })
  readonly filter!: RecipientFilterInput;

  @Field(() => [VariableInput], {
    defaultValue: [],
    description: 'Values for the template, the same for everybody; so none of them is sensitive.',
  })
  readonly variables!: VariableInput[];

  @Field(() => Date, {
    nullable: true,
    description: 'When it begins: at once where left out; at most 30 days ahead.',
  })
  readonly sendAt?: Date | null;

  @Field(() => Date, {
    nullable: true,
    description:
      'After this nothing of it is sent any more; at most seven days after it begins. The template’s or the type’s time for each message where left out.',
  })
  readonly expiresAt?: Date | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Messages that are put into the queue in a second at the most, from 1 to 10,000; as many as there is room for where left out.',
  })
  readonly messagesPerSecond?: number | null;
}

@InputType({ description: 'Which campaign.' })
export class MoveCampaignInput {
  @Field(() => ID, { description: 'The campaign, `cpn_...`.' })
  readonly campaignId!: string;
}
