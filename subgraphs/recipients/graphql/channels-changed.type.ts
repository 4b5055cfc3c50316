// What the stream of channel changes gives: whose channels changed, when, and where in the stream that stands.
import { createUnionType, Field, ObjectType } from 'type-graphql';
import { StreamGap } from '../../../schema/stream-gap.ts';
import type { RecipientRow } from '../store/recipient.table.ts';
import { Recipient } from './recipient.type.ts';

@ObjectType({
  description:
    'A change of what reaches a recipient: a capability, a device, an address or a wish.',
})
export class RecipientChannelsChange {
  @Field(() => Recipient, {
    nullable: true,
    description: 'The recipient as it is now; null when it has been erased since.',
  })
  recipient!: RecipientRow | null;

  @Field(() => Date, { description: 'When it changed.' })
  occurredAt!: Date;

  @Field(() => String, { description: 'Its place in the stream: pass it as `after` to resume.' })
  cursor!: string;
}

export const RecipientStreamItem = createUnionType({
  name: 'RecipientStreamItem',
  description: 'A change, or the news that some were missed. Ignore members you do not know.',
  types: () => [RecipientChannelsChange, StreamGap] as const,
  resolveType: (value) => ('resumeAfter' in value ? StreamGap : RecipientChannelsChange),
});
