// The door to previews: what a template would send, for editors and reviewers.
import { Arg, createUnionType, Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { uuidOf } from '../../../schema/ids.ts';
import { InvalidInput, NotFound } from '../../../schema/user-errors.ts';
import type { MessagesContext } from '../context.ts';
import type { Preview, Rendered } from '../domain/preview.ts';
import { sizeOfPush } from '../domain/render/push.ts';
import { sizeOfSms } from '../domain/sms-size.ts';
import { previewMessage } from '../preview-message.ts';
import { errorsOf, VariablesInvalid } from './errors.ts';
import { PreviewMessageInput } from './preview.input.ts';
import { MessagePreview, type ContentPreview } from './preview.type.ts';

const PreviewMessageError = createUnionType({
  name: 'PreviewMessageError',
  description: 'Why there is nothing to show.',
  types: () => [NotFound, InvalidInput, VariablesInvalid] as const,
  resolveType: (value) => value.constructor as never,
});

@ObjectType({ description: 'What a template would send, or why that cannot be shown.' })
export class PreviewMessagePayload {
  @Field(() => MessagePreview, { nullable: true, description: 'Null when refused.' })
  readonly preview!: MessagePreview | null;

  @Field(() => [PreviewMessageError], { description: 'Empty when it was not refused.' })
  readonly errors!: (typeof PreviewMessageError)[];
}

@Resolver()
export class PreviewResolver {
  @Query(() => PreviewMessagePayload, {
    description: 'Shows what a template version would send on each channel. Nothing is sent.',
  })
  async previewMessage(
    @Arg('input', () => PreviewMessageInput, { description: 'What to show.' })
    input: PreviewMessageInput,
    @Ctx() context: MessagesContext,
  ): Promise<PreviewMessagePayload> {
    requireScope(context.principal, 'templates:read');
    const result = await previewMessage(context, {
      templateId: uuidOf('template', input.templateId),
      variables: input.variables,
      locale: input.locale ?? null,
      protection: input.protection ?? null,
      region: input.region ?? null,
    });
    return result.ok
      ? { preview: shown(result.value), errors: [] }
      : { preview: null, errors: errorsOf(result.refusals) as (typeof PreviewMessageError)[] };
  }
}

function shown({ locale, renderings }: Preview): MessagePreview {
  return {
    locale,
    renderings: renderings.map((rendering) => ({
      ...rendering,
      content: contentShown(rendering.content),
    })),
  };
}

function contentShown(content: Rendered): typeof ContentPreview {
  if (content.channel === 'SMS') return { text: content.text, ...sizeOfSms(content.text) };
  if (content.channel === 'EMAIL') {
    const { subject, text, html } = content;
    return { subject, plainText: text, html };
  }
  if (content.channel === 'IMESSAGE') return { text: content.text, replies: content.replies };
  if (content.channel === 'PUSH') return { ...content, ...sizeOfPush(content) };
  const { title, body, actions } = content;
  return {
    title,
    body,
    actions: actions.map((action) => {
      const { label, postback } = action;
      return { label, postback, url: action.kind === 'open-url' ? action.url : null };
    }),
  };
}
