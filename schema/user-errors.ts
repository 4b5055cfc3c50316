// Expected refusals as data: the interface that all of them implement, and the ones that several subgraphs answer with.
import { Directive, Field, InterfaceType, ObjectType } from 'type-graphql';
import type { UserErrorCode as Code } from './error-codes.ts';
import { UserErrorCode } from './graphql-enums.ts';

// Registering implementations by hand keeps one subgraph's errors out of another's schema.
@InterfaceType({
  description: 'An expected refusal. Nothing was written. Clients switch on `code`.',
  autoRegisterImplementations: false,
})
export abstract class UserError {
  @Field(() => UserErrorCode, { description: 'Why it was refused.' })
  readonly code!: Code;

  @Field({ description: 'A sentence for developers; not for end users, and it may change.' })
  readonly message!: string;

  @Field(() => [String], { description: 'The input field that it is about, from the outside in.' })
  readonly path!: string[];
}

@Directive('@shareable')
@ObjectType({ implements: UserError, description: 'A field of the input is not acceptable.' })
export class InvalidInput implements UserError {
  readonly code: Code;
  readonly message: string;
  readonly path: string[];

  constructor(path: string[], message: string) {
    this.code = 'INVALID_INPUT';
    this.message = message;
    this.path = path;
  }
}

@Directive('@shareable')
@ObjectType({
  implements: UserError,
  description: 'An id of the input names nothing that the tenant owns.',
})
export class NotFound implements UserError {
  readonly code: Code;
  readonly message: string;
  readonly path: string[];

  constructor(path: string[], message: string) {
    this.code = 'NOT_FOUND';
    this.message = message;
    this.path = path;
  }
}
