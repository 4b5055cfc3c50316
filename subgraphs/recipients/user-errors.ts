// The expected refusal that only recipients answers with.
import { ObjectType } from 'type-graphql';
import { UserError } from '../../schema/user-errors.ts';

@ObjectType({
  implements: UserError,
  description: 'The proof of possession does not fit the key, the recipient or the challenge.',
})
export class ProofInvalid extends UserError {
  constructor(path: readonly string[], message: string) {
    super('PROOF_INVALID', path, message);
  }
}
