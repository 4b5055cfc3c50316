// The log of erasures as clients see it: the same for every subgraph that erases records whose time is over.
import { Directive, Field, Int, ObjectType } from 'type-graphql';
import { PageInfo } from './page-info.ts';
import { RecordClass } from './vocabulary-retention.ts';

@Directive('@shareable')
@ObjectType({ description: 'Records that were erased together, because their time was over.' })
export class RetentionRun {
  @Field(() => RecordClass, { description: 'Of which class they were.' })
  readonly recordClass!: RecordClass;

  @Field(() => String, {
    nullable: true,
    description: 'The region whose shorter time was over; null where the time of all regions was.',
  })
  readonly region!: string | null;

  @Field(() => Date, { description: 'All of them had ended, or had come, before this.' })
  readonly before!: Date;

  @Field(() => Int, { description: 'How many they were.' })
  readonly erasedCount!: number;

  @Field(() => Date, { description: 'When they were erased.' })
  readonly ranAt!: Date;
}

@Directive('@shareable')
@ObjectType({ description: 'An erasure in a list.' })
export class RetentionRunEdge {
  @Field(() => RetentionRun, { description: 'The erasure.' })
  readonly node!: RetentionRun;

  @Field({ description: 'Pass it as `after`.' })
  readonly cursor!: string;
}

@Directive('@shareable')
@ObjectType({ description: 'A page of erasures, newest first.' })
export class RetentionRunConnection {
  @Field(() => [RetentionRunEdge], { description: 'The erasures with their cursors.' })
  readonly edges!: readonly RetentionRunEdge[];

  @Field(() => PageInfo, { description: 'Whether there is more.' })
  readonly pageInfo!: PageInfo;
}

/** One as clients see it, from one as it is stored, with times in milliseconds since 1970. */
export function toRetentionRun(run: {
  readonly recordClass: string;
  readonly region: string | null;
  readonly before: number;
  readonly erasedCount: number;
  readonly ranAt: number;
}): RetentionRun {
  const { recordClass, region, erasedCount } = run;
  return {
    recordClass: recordClass as RecordClass,
    region,
    erasedCount,
    before: new Date(run.before),
    ranAt: new Date(run.ranAt),
  };
}
