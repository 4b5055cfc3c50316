// The door to a template's registrations with providers, carriers and registries.
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  Resolver,
  Root,
} from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { uuidOf } from '../../../schema/ids.ts';
import { RegistrationState } from '../../../schema/vocabulary-templates.ts';
import type { MessagesContext } from '../context.ts';
import { recordRegistration } from '../record-registration.ts';
import { refuseOne } from '../refusal.ts';
import { payloadOf, TemplatePayload, type TemplateRoot } from './template.resolver.ts';
import { Template, TemplateRegistration } from './template.type.ts';

@InputType({ description: 'What a registrar says of a template version.' })
export class RecordTemplateRegistrationInput {
  @Field(() => ID, { description: 'The version.' })
  readonly templateId!: string;

  @Field({ description: 'A provider, a carrier or a registry: 2 to 40 of a-z, 0-9 and -.' })
  readonly registrar!: string;

  @Field(() => RegistrationState, { description: 'Its last word.' })
  readonly state!: RegistrationState;

  @Field(() => String, { nullable: true, description: 'Its own id of the template.' })
  readonly reference?: string | null;
}

@Resolver(() => Template)
export class RegistrationResolver {
  @FieldResolver(() => [TemplateRegistration])
  async registrations(
    @Root() { row }: TemplateRoot,
    @Ctx() { loaders }: MessagesContext,
  ): Promise<TemplateRegistration[]> {
    const rows = await loaders.registrations.load(row.id);
    return rows.map(({ registrar, state, reference, actor, changedAt }) => {
      return { registrar, state, reference: reference ?? null, by: actor, at: changedAt };
    });
  }

  @Mutation(() => TemplatePayload, {
    description:
      'Writes down what a registrar says. A version is approved where all of its registrars approve.',
  })
  async recordTemplateRegistration(
    @Arg('input', () => RecordTemplateRegistrationInput, { description: 'What it says.' })
    input: RecordTemplateRegistrationInput,
    @Ctx() context: MessagesContext,
  ): Promise<TemplatePayload> {
    requireScope(context.principal, 'templates:approve');
    const templateId = uuidOf('template', input.templateId);
    const { registrar, state, reference = null } = input;
    return payloadOf(
      templateId === null
        ? refuseOne('NOT_FOUND', ['templateId'], 'There is no such template.')
        : await recordRegistration(context, templateId, { registrar, state, reference }),
    );
  }
}
