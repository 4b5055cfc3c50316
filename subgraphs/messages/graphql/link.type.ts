// Accesses to secure links as clients see them.
import { Field, ID, ObjectType } from 'type-graphql';
import { LinkAccessKind } from '../../../schema/vocabulary-links.ts';
import { Message } from './message.type.ts';

@ObjectType({
  description: 'What somebody did with a secure link. Looking at its page is no access.',
})
export class LinkAccess {
  @Field(() => LinkAccessKind, { description: 'What it was.' })
  readonly kind!: LinkAccessKind;

  @Field(() => ID, { description: 'The attempt that carried the link.' })
  readonly attemptId!: string;

  @Field(() => Message, { description: 'The message that carried the code.' })
  readonly codeMessage!: Message;

  @Field(() => Date, { description: 'When it was done.' })
  readonly occurredAt!: Date;
}
