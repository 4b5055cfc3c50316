// What the stream of consent changes gives: the record that was appended, whose it is, and where in the stream that stands.
import { createUnionType, Field, ObjectType } from 'type-graphql';
import { StreamGap } from '../../../schema/stream-gap.ts';
import { ConsentState } from './consent.type.ts';
import { Recipient } from './recipient.stub.ts';

@ObjectType({ description: 'A grant or a withdrawal, as it was appended to the log.' })
export class ConsentChange {
  @Field(() => ConsentState, { description: 'What the person said.' })
  readonly consent!: ConsentState;

  @Field(() => Recipient, {
    nullable: true,
    description: 'Who it was; null where nobody is known by the address.',
  })
  readonly recipient!: Recipient | null;

  @Field({ description: 'Its place in the stream: pass it as `after` to resume.' })
  readonly cursor!: string;
}

export const ConsentStreamItem = createUnionType({
  name: 'ConsentStreamItem',
  description: 'A change, or the news that some were missed. Ignore members you do not know.',
  types: () => [ConsentChange, StreamGap] as const,
  resolveType: (value) => ('resumeAfter' in value ? StreamGap : ConsentChange),
});
