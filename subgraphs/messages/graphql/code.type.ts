// One-time codes at the door: what is asked for, and what comes of it.
import {
  createUnionType,
  Field,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from 'type-graphql';
import { IdempotencyKeyReused, InvalidInput, NotFound } from '../../../schema/user-errors.ts';
import type { AcceptedMessage } from '../accept-message.ts';
import type { CodeVerdict } from '../domain/one-time-code.ts';
import {
  ConsentRefused,
  NoRoute,
  LimitReached,
  TemplateNotApproved,
  VariablesInvalid,
} from './errors.ts';
import { VariableInput } from './message.input.ts';
import { Message } from './message.type.ts';

@InputType({ description: 'Who gets a one-time code, and how it is put.' })
export class IssueCodeInput {
  @Field({
    description:
      'Chosen by the caller, 1 to 255 characters. The same key is the same code, sent once.',
  })
  readonly idempotencyKey!: string;

  @Field(() => ID, { description: 'Whom it is for.' })
  readonly recipientId!: string;

  @Field({
    description: 'The name of an approved template of the type OTP that has the variable `code`.',
  })
  readonly template!: string;

  @Field(() => [VariableInput], {
    defaultValue: [],
    description: 'Values for the template, without the code, which is drawn here.',
  })
  readonly variables!: VariableInput[];

  @Field(() => String, {
    nullable: true,
    description: 'Your own name of the business event, such as login:12345; up to 255 characters.',
  })
  readonly reference?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'BCP 47 tag; the recipient’s own where left out.',
  })
  readonly locale?: string | null;
}

const IssueCodeError = createUnionType({
  name: 'IssueCodeError',
  description: 'Why no code was issued. Nothing was written.',
  types: () =>
    [
      InvalidInput,
      NotFound,
      TemplateNotApproved,
      VariablesInvalid,
      IdempotencyKeyReused,
      ConsentRefused,
      NoRoute,
      LimitReached,
    ] as const,
  resolveType: (value) => value.constructor as never,
});
export type IssueCodeErrors = (typeof IssueCodeError)[];

@ObjectType({
  description: 'What came of issuing a code. The code itself is told to nobody but the recipient.',
})
export class IssueCodePayload {
  @Field(() => Message, {
    nullable: true,
    description: 'The message that carries it; null when refused.',
  })
  readonly message!: AcceptedMessage | null;

  @Field(() => Date, { nullable: true, description: 'Until when it counts; null when refused.' })
  readonly expiresAt!: Date | null;

  @Field({ description: 'True when the idempotency key came before: nothing was sent again.' })
  readonly replayed!: boolean;

  @Field(() => [IssueCodeError], { description: 'Why it was refused; empty when it was not.' })
  readonly errors!: IssueCodeErrors;
}

export const CodeOutcome = {
  VERIFIED: 'VERIFIED',
  WRONG: 'WRONG',
  EXPIRED: 'EXPIRED',
  USED: 'USED',
  TOO_MANY_TRIES: 'TOO_MANY_TRIES',
} as const satisfies Readonly<Record<CodeVerdict, CodeVerdict>>;
registerEnumType(CodeOutcome, {
  name: 'CodeOutcome',
  description: 'What a try of a one-time code comes to.',
  valuesConfig: {
    VERIFIED: { description: 'It is the code. It counts this once.' },
    WRONG: { description: 'It is not.' },
    EXPIRED: { description: 'Its time is over.' },
    USED: { description: 'It was verified before.' },
    TOO_MANY_TRIES: { description: 'It was tried too often and counts no more.' },
  },
});

@InputType({ description: 'What somebody typed in.' })
export class VerifyCodeInput {
  @Field(() => ID, { description: 'The message that carried the code, `msg_...`.' })
  readonly messageId!: string;

  @Field({ description: 'The code; spaces do not count.' })
  readonly code!: string;
}

@ObjectType({ description: 'What came of a try.' })
export class VerifyCodePayload {
  @Field(() => CodeOutcome, { nullable: true, description: 'Null when it was refused.' })
  readonly outcome!: CodeVerdict | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How often it may be tried yet; null when refused.',
  })
  readonly triesLeft!: number | null;

  @Field(() => [NotFound], { description: 'Why it was refused; empty when it was not.' })
  readonly errors!: NotFound[];
}
