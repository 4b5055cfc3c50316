// The end of a live stream whose reader fell behind: the same for every stream of every subgraph.
import { Directive, Field, ObjectType } from 'type-graphql';

@Directive('@shareable')
@ObjectType({
  description:
    'The stream ended because its reader was too slow. Subscribe again after the cursor: nothing is lost.',
})
export class StreamGap {
  @Field({ description: 'Pass it as `after`.' })
  readonly resumeAfter!: string;
}
