// The expected refusal of a key that came before with another body.
import { Directive, ObjectType } from 'type-graphql';
import { UserError } from '../../schema/user-errors.ts';

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
