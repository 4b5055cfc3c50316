// Inputs of the message mutations.
import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'The value of one template variable.' })
export class VariableInput {
  @Field({ description: 'The variable’s name.' })
  readonly name!: string;

  @Field({ description: 'Up to 500 characters.' })
  readonly value!: string;
}

@InputType({ description: 'One business intent to one recipient.' })
export class SendMessageInput {
  @Field({
    description:
      'Chosen by the caller, 1 to 255 characters. The same key with the same body is the same message, however often it is sent; with another body it is refused.',
  })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Whom it is for.' })
  readonly recipientId!: string;

  @Field({ description: 'The name of a template with an approved version.' })
  readonly template!: string;

  @Field(() => [VariableInput], { defaultValue: [], description: 'Values for the template.' })
  readonly variables!: VariableInput[];

  @Field(() => String, {
    nullable: true,
    description: 'Your own name of the business event, such as order:12345; up to 255 characters.',
  })
  readonly reference?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'BCP 47 tag; the recipient’s own where left out.',
  })
  readonly locale?: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'After this it is not sent any more; at most seven days ahead.',
  })
  readonly expiresAt?: Date | null;
}
