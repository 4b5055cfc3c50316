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
    description: 'When it is sent: at once where left out; at most 30 days ahead.',
  })
  readonly sendAt?: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The same by the clock where the recipient lives, such as 2026-11-22T09:00, in the place of `sendAt`.',
  })
  readonly sendAtLocal?: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'After this it is not sent any more; at most seven days after it is sent.',
  })
  readonly expiresAt?: Date | null;
}

@InputType({ description: 'Many messages at once.' })
export class SendMessagesInput {
  @Field(() => [SendMessageInput], {
    description: 'From 1 to 1,000; each is taken or refused by itself.',
  })
  readonly messages!: SendMessageInput[];
}

@InputType({ description: 'Which message is not to be sent any more.' })
export class CancelMessageInput {
  @Field(() => ID, { description: 'The message, `msg_...`.' })
  readonly messageId!: string;
}
