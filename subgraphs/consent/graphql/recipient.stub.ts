// The recipient as consent knows it: its key.
import { Directive, Field, ID, ObjectType } from 'type-graphql';

@Directive('@key(fields: "id")')
@ObjectType({ description: 'A person who may be messaged.' })
export class Recipient {
  @Field(() => ID, { description: 'The opaque id, `rcp_...`.' })
  readonly id!: string;
}
