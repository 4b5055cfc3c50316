// Doors to the templates.
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  createUnionType,
} from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import { AlreadyExists, InvalidInput, NotFound, WrongState } from '../../../schema/user-errors.ts';
import type { TemplateState } from '../../../schema/vocabulary.ts';
import type { MessagesContext } from '../context.ts';
import { createTemplate } from '../create-template.ts';
import { lintTemplate } from '../domain/lint/lint-template.ts';
import { checkTemplate } from '../domain/template.ts';
import { moveTemplate } from '../move-template.ts';
import { refuseOne, type Result } from '../refusal.ts';
import type { TemplateRow } from '../store/template.table.ts';
import { errorsOf, TemplateLintFailed } from './errors.ts';
import { LintFinding } from './lint.type.ts';
import { CreateTemplateInput, MoveTemplateInput } from './template.input.ts';
import { Template, TemplateChange } from './template.type.ts';

const TemplateError = createUnionType({
  name: 'TemplateError',
  description: 'Why a template was not stored or moved.',
  types: () => [InvalidInput, NotFound, AlreadyExists, WrongState, TemplateLintFailed] as const,
  resolveType: (value) => value.constructor as never,
});

@ObjectType({ description: 'What came of storing or moving a template version.' })
export class TemplatePayload {
  @Field(() => Template, {
    nullable: true,
    description: 'The version as it is now; null when refused.',
  })
  readonly template!: TemplateRoot | null;

  @Field(() => [TemplateError], { description: 'Why it was refused; empty when it was not.' })
  readonly errors!: (typeof TemplateError)[];
}

@ObjectType({ description: 'What the lint said, or why it could not look.' })
export class LintPayload {
  @Field(() => [LintFinding], { description: 'Errors come first; empty where all is well.' })
  readonly findings!: readonly LintFinding[];

  @Field(() => [InvalidInput], { description: 'Why the template could not even be stored.' })
  readonly errors!: readonly InvalidInput[];
}

@Resolver(() => Template)
export class TemplateResolver {
  @Query(() => Template, {
    nullable: true,
    description: 'A template version; null when there is none with this id.',
  })
  async template(
    @Arg('id', () => ID, { description: 'Its id.' }) id: string,
    @Ctx() context: MessagesContext,
  ): Promise<TemplateRoot | null> {
    requireScope(context.principal, 'templates:read');
    const uuid = uuidOf('template', id);
    const row = uuid === null ? null : await context.loaders.template.load(uuid);
    return row === null ? null : templateOf(row);
  }

  @Query(() => LintPayload, {
    description: 'What the lint says about a template that is not stored yet.',
  })
  async lintTemplate(
    @Arg('input', () => CreateTemplateInput, { description: 'The template.' })
    input: CreateTemplateInput,
    @Ctx() context: MessagesContext,
  ): Promise<LintPayload> {
    const { principal, policies, database } = context;
    requireScope(principal, 'templates:read');
    const template = contentOf(input);
    const problems = checkTemplate(template);
    if (problems.length > 0) {
      const errors = problems.map((of) => new InvalidInput(of.path, of.sentence));
      return { findings: [], errors };
    }
    const { disclosures } = await policies.inForce(database, principal.tenantId);
    return { findings: lintTemplate(template, disclosures), errors: [] };
  }

  @FieldResolver(() => [LintFinding])
  async findings(
    @Root() { row }: TemplateRoot,
    @Ctx() { policies, database }: MessagesContext,
  ): Promise<readonly LintFinding[]> {
    if (row.findings) return row.findings;
    const { disclosures } = await policies.inForce(database, row.tenantId);
    return lintTemplate(row.content, disclosures);
  }

  @FieldResolver(() => [TemplateChange])
  async history(
    @Root() { row }: TemplateRoot,
    @Ctx() { loaders }: MessagesContext,
  ): Promise<TemplateChange[]> {
    const moves = await loaders.templateMoves.load(row.id);
    return moves.map(({ fromState, toState, actor, movedAt, reason }) => {
      return {
        from: fromState ?? null,
        state: toState,
        by: actor,
        at: movedAt,
        reason: reason ?? null,
      };
    });
  }

  @Mutation(() => TemplatePayload, { description: 'Stores a new version as a draft.' })
  async createTemplate(
    @Arg('input', () => CreateTemplateInput, { description: 'The version.' })
    input: CreateTemplateInput,
    @Ctx() context: MessagesContext,
  ): Promise<TemplatePayload> {
    requireScope(context.principal, 'templates:write');
    return payloadOf(await createTemplate(context, contentOf(input)));
  }

  @Mutation(() => TemplatePayload, { description: 'Asks for the approval of a draft.' })
  async submitTemplate(
    @Arg('input', () => MoveTemplateInput, { description: 'Which.' }) input: MoveTemplateInput,
    @Ctx() context: MessagesContext,
  ): Promise<TemplatePayload> {
    return move(context, input, 'SUBMITTED', 'templates:write');
  }

  @Mutation(() => TemplatePayload, { description: 'Approves a submitted version: it may be sent.' })
  async approveTemplate(
    @Arg('input', () => MoveTemplateInput, { description: 'Which.' }) input: MoveTemplateInput,
    @Ctx() context: MessagesContext,
  ): Promise<TemplatePayload> {
    return move(context, input, 'APPROVED', 'templates:approve');
  }

  @Mutation(() => TemplatePayload, { description: 'Rejects a submitted version.' })
  async rejectTemplate(
    @Arg('input', () => MoveTemplateInput, { description: 'Which.' }) input: MoveTemplateInput,
    @Ctx() context: MessagesContext,
  ): Promise<TemplatePayload> {
    return move(context, input, 'REJECTED', 'templates:approve');
  }

  @Mutation(() => TemplatePayload, {
    description: 'Retires an approved version: it is not sent any more.',
  })
  async retireTemplate(
    @Arg('input', () => MoveTemplateInput, { description: 'Which.' }) input: MoveTemplateInput,
    @Ctx() context: MessagesContext,
  ): Promise<TemplatePayload> {
    return move(context, input, 'RETIRED', 'templates:approve');
  }
}

async function move(
  context: MessagesContext,
  input: MoveTemplateInput,
  to: TemplateState,
  scope: string,
): Promise<TemplatePayload> {
  requireScope(context.principal, scope);
  const templateId = uuidOf('template', input.templateId);
  return payloadOf(
    templateId === null
      ? refuseOne('NOT_FOUND', ['templateId'], 'There is no such template.')
      : await moveTemplate(context, { templateId, to, reason: input.reason ?? null }),
  );
}

export function payloadOf(result: Result<TemplateRow>): TemplatePayload {
  return result.ok
    ? { template: templateOf(result.value), errors: [] }
    : { template: null, errors: errorsOf(result.refusals) as (typeof TemplateError)[] };
}

/** Plain values of the input, with null for what was left out. */
function contentOf(input: CreateTemplateInput): TemplateRow['content'] {
  const { name, type, purpose, sensitivity, channels, success, uncertainOutcome } = input;
  return {
    name,
    type,
    purpose,
    sensitivity,
    channels,
    success,
    uncertainOutcome,
    receiptWindowSeconds: input.receiptWindowSeconds ?? null,
    expirySeconds: input.expirySeconds ?? null,
    strategy: input.strategy,
    parallelChannels: input.parallelChannels ?? null,
    locales: input.locales.map(({ locale, title, body, smsText, neutralText, actions }) => ({
      locale,
      title: title ?? null,
      body,
      smsText: smsText ?? null,
      neutralText,
      actions: actions.map(({ id, label, url }) => ({ id, label, url: url ?? null })),
    })),
    variables: input.variables.map(
      ({ name: variable, kind, required, sensitive, mask, charactersMax }) => ({
        name: variable,
        kind,
        required,
        sensitive,
        mask,
        charactersMax: charactersMax ?? null,
      }),
    ),
  };
}

/** A version as clients see it. Its findings, history and registrations are read where they are asked for. */
export type TemplateRoot = Omit<Template, 'findings' | 'history' | 'registrations'> & {
  readonly row: TemplateRow;
};

export function templateOf(row: TemplateRow): TemplateRoot {
  const { id, version, state, content } = row;
  const whereLeftOut = { strategy: 'SINGLE', parallelChannels: null } as const;
  return { ...whereLeftOut, ...content, id: publicId('template', id), version, state, row };
}
