// The door to dry runs: how a message would travel, and why, for whoever writes or reviews one.
import {
  Arg,
  createUnionType,
  Ctx,
  Field,
  ID,
  InputType,
  ObjectType,
  Query,
  Resolver,
} from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { uuidOf } from '../../../schema/ids.ts';
import { InvalidInput, NotFound } from '../../../schema/user-errors.ts';
import type { MessagesContext } from '../context.ts';
import type { Decision } from '../domain/decision.ts';
import { requestOf } from '../domain/request.ts';
import { explainNegotiation } from '../explain-negotiation.ts';
import { refuse } from '../refusal.ts';
import { DecisionRecord } from './decision.type.ts';
import {
  ConsentRefused,
  errorsOf,
  NoRoute,
  TemplateNotApproved,
  VariablesInvalid,
} from './errors.ts';
import { VariableInput } from './message.input.ts';
import { changeOf } from './policy.resolver.ts';
import { PolicyInput } from './policy.type.ts';

/** A dry run has no key; one that fits takes its place. */
const NO_KEY = '-';

@InputType({ description: 'A message that is not sent.' })
export class ExplainNegotiationInput {
  @Field(() => ID, { description: 'Whom it would be for.' })
  readonly recipientId!: string;

  @Field({ description: 'The name of a template with an approved version.' })
  readonly template!: string;

  @Field(() => [VariableInput], { defaultValue: [], description: 'Values for the template.' })
  readonly variables!: VariableInput[];

  @Field(() => String, {
    nullable: true,
    description: 'BCP 47 tag; the recipient’s own where left out.',
  })
  readonly locale?: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When it would be sent: at once where left out; at most 30 days ahead.',
  })
  readonly sendAt?: Date | null;
}

const ExplainNegotiationError = createUnionType({
  name: 'ExplainNegotiationError',
  description: 'Why the message would not be accepted.',
  types: () =>
    [
      InvalidInput,
      NotFound,
      TemplateNotApproved,
      VariablesInvalid,
      ConsentRefused,
      NoRoute,
    ] as const,
  resolveType: (value) => value.constructor as never,
});

@ObjectType({ description: 'How a message would travel.' })
export class ExplainNegotiationPayload {
  @Field(() => DecisionRecord, {
    nullable: true,
    description: 'What would be decided, also where no route is left; null where nothing could be.',
  })
  readonly decision!: Decision | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When it would be sent, which for marketing may be later; null: at once.',
  })
  readonly sendAt!: Date | null;

  @Field(() => [ExplainNegotiationError], {
    description: 'Why the message would not be accepted; empty where it would be.',
  })
  readonly errors!: (typeof ExplainNegotiationError)[];
}

@Resolver()
export class ExplanationResolver {
  @Query(() => ExplainNegotiationPayload, {
    description:
      'The decision that `sendMessage` would make now, with all that was weighed. Nothing is written or sent.',
  })
  async explainNegotiation(
    @Arg('input', () => ExplainNegotiationInput, { description: 'The message.' })
    input: ExplainNegotiationInput,
    @Arg('policy', () => PolicyInput, {
      nullable: true,
      description: 'Parts of a policy that would be another one than the one in force: a preview.',
    })
    policy: PolicyInput | null,
    @Ctx() context: MessagesContext,
  ): Promise<ExplainNegotiationPayload> {
    const { principal, clock } = context;
    requireScope(principal, 'messages:read');
    if (policy) requireScope(principal, 'policy:read');
    const { template, variables, locale, sendAt } = input;
    const recipientId = uuidOf('recipient', input.recipientId);
    const request = { idempotencyKey: NO_KEY, template, variables, locale, sendAt };
    const checked = requestOf(request, recipientId, clock.now());
    const { tenantId } = principal;
    const result =
      'findings' in checked
        ? refuse(checked.findings)
        : await explainNegotiation(
            context,
            { ...checked.request, tenantId },
            policy ? changeOf(policy) : null,
          );
    const refusals = result.ok ? result.value.refusals : result.refusals;
    const leavesAt = result.ok ? result.value.sendAt : null;
    return {
      decision: result.ok ? result.value.decision : null,
      sendAt: leavesAt === null ? null : new Date(leavesAt),
      errors: errorsOf(refusals) as (typeof ExplainNegotiationError)[],
    };
  }
}
