// The refusals of messages as GraphQL types, and how a verb's refusals become them.
import { Field, Int, ObjectType } from 'type-graphql';
import {
  AlreadyExists,
  IdempotencyKeyReused,
  InvalidInput,
  NotFound,
  UserError,
  WrongState,
} from '../../../schema/user-errors.ts';
import type { Decision } from '../domain/decision.ts';
import type { Refusal } from '../refusal.ts';
import { DecisionRecord } from './decision.type.ts';
import { LintFinding } from './lint.type.ts';

@ObjectType({ implements: UserError, description: 'No approved version of the template exists.' })
export class TemplateNotApproved extends UserError {
  constructor(path: readonly string[], message: string) {
    super('TEMPLATE_NOT_APPROVED', path, message);
  }
}

@ObjectType({ implements: UserError, description: 'The lint found errors in the template.' })
export class TemplateLintFailed extends UserError {
  @Field(() => [LintFinding], { description: 'All that it found; errors come first.' })
  readonly findings: readonly LintFinding[];

  constructor(path: readonly string[], message: string, findings: readonly LintFinding[]) {
    super('TEMPLATE_LINT_FAILED', path, message);
    this.findings = findings;
  }
}

@ObjectType({ implements: UserError, description: 'The variables do not fit the template.' })
export class VariablesInvalid extends UserError {
  constructor(path: readonly string[], message: string) {
    super('VARIABLES_INVALID', path, message);
  }
}

@ObjectType({
  implements: UserError,
  description: 'The recipient has not permitted any channel that could carry the message.',
})
export class ConsentRefused extends UserError {
  @Field(() => DecisionRecord, { description: 'What was weighed.' })
  readonly decision: Decision;

  constructor(path: readonly string[], message: string, decision: Decision) {
    super('CONSENT_REFUSED', path, message);
    this.decision = decision;
  }
}

@ObjectType({ implements: UserError, description: 'No route can carry the message now.' })
export class NoRoute extends UserError {
  @Field(() => DecisionRecord, { description: 'What was weighed.' })
  readonly decision: Decision;

  constructor(path: readonly string[], message: string, decision: Decision) {
    super('NO_ROUTE', path, message);
    this.decision = decision;
  }
}

@ObjectType({ implements: UserError, description: 'A limit is reached for now.' })
export class LimitReached extends UserError {
  @Field(() => Int, { description: 'Seconds after which it may be tried again.' })
  readonly retryAfterSeconds: number;

  constructor(path: readonly string[], message: string, retryAfterSeconds: number) {
    super('LIMIT_REACHED', path, message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The refusals of a verb as the objects that its payload shows. */
export function errorsOf(refusals: readonly Refusal[]): UserError[] {
  return refusals.map(({ code, path, sentence, ...more }) => {
    const { decision, retryAfterSeconds, findings = [] } = more;
    switch (code) {
      case 'NOT_FOUND':
        return new NotFound(path, sentence);
      case 'ALREADY_EXISTS':
        return new AlreadyExists(path, sentence);
      case 'WRONG_STATE':
        return new WrongState(path, sentence);
      case 'TEMPLATE_NOT_APPROVED':
        return new TemplateNotApproved(path, sentence);
      case 'TEMPLATE_LINT_FAILED':
        return new TemplateLintFailed(path, sentence, findings);
      case 'VARIABLES_INVALID':
        return new VariablesInvalid(path, sentence);
      case 'IDEMPOTENCY_KEY_REUSED':
        return new IdempotencyKeyReused(path, sentence);
      case 'CONSENT_REFUSED':
      case 'NO_ROUTE': {
        if (decision === undefined) throw new TypeError(`${code} comes with its decision`);
        const Refused = code === 'NO_ROUTE' ? NoRoute : ConsentRefused;
        return new Refused(path, sentence, decision);
      }
      case 'LIMIT_REACHED':
        return new LimitReached(path, sentence, retryAfterSeconds ?? 1);
      case 'INVALID_INPUT':
      case 'PROOF_INVALID':
        return new InvalidInput(path, sentence);
    }
  });
}
