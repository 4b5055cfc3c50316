// A token for the edge, or why there is none.
import { Field, ObjectType } from 'type-graphql';
import { RejectionReason } from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';

@ObjectType({ description: 'A token for who checks consent without asking, or why there is none.' })
export class ConsentToken {
  @Field(() => String, {
    nullable: true,
    description:
      'A compact JWS of typ `consent+jwt` by the tenant’s published keys, for a minute at most; null when refused.',
  })
  token!: string | null;

  @Field(() => Date, { nullable: true, description: 'When it runs out; null without one.' })
  expiresAt!: Date | null;

  @Field(() => RejectionReason, {
    nullable: true,
    description: 'Why there is none; null with one.',
  })
  reason!: words.RejectionReason | null;
}
