// Foreign entities as delivery knows them: their keys.
import { Directive, Field, ID, ObjectType } from 'type-graphql';

@Directive('@key(fields: "id")')
@ObjectType({ description: 'A person who may be messaged.' })
export class Recipient {
  @Field(() => ID, { description: 'Opaque id of the recipient.' })
  readonly id!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({
  description: 'One business intent to one recipient. Its id is the canonical message id.',
})
export class Message {
  @Field(() => ID, { description: 'The canonical message id; it travels on every channel.' })
  readonly id!: string;
}
