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
  readonly code: Code;

  @Field(() => String, {
    description: 'A sentence for developers; not for end users, and it may change.',
  })
  readonly message: string;

  @Field(() => [String], { description: 'The input field that it is about, from the outside in.' })
  readonly path: readonly string[];

  protected constructor(code: Code, path: readonly string[], message: string) {
    this.code = code;
    this.path = path;
    this.message = message;
  }
}

@Directive('@shareable')
@ObjectType({ implements: UserError, description: 'A field of the input is not acceptable.' })
export class InvalidInput extends UserError {
  constructor(path: readonly string[], message: string) {
    super('INVALID_INPUT', path, message);
  }
}

@Directive('@shareable')
@ObjectType({
  implements: UserError,
  description: 'An id of the input names nothing that the tenant owns.',
})
export class NotFound extends UserError {
  constructor(path: readonly string[], message: string) {
    super('NOT_FOUND', path, message);
  }
}

@Directive('@shareable')
@ObjectType({
  implements: UserError,
  description: 'Another record of the tenant holds this identifier.',
})
export class AlreadyExists extends UserError {
  constructor(path: readonly string[], message: string) {
    super('ALREADY_EXISTS', path, message);
  }
}

@Directive('@shareable')
@ObjectType({ implements: UserError, description: 'The record’s state does not allow the deed.' })
export class WrongState extends UserError {
  constructor(path: readonly string[], message: string) {
    super('WRONG_STATE', path, message);
  }
}

@Directive('@shareable')
@ObjectType({
  implements: UserError,
  description: 'The idempotency key came before with another body.',
})
export class IdempotencyKeyReused extends UserError {
  constructor(path: readonly string[], message: string) {
    super('IDEMPOTENCY_KEY_REUSED', path, message);
  }
}
