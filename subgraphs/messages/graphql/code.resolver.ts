// The door to one-time codes.
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { uuidOf } from '../../../schema/ids.ts';
import { NotFound } from '../../../schema/user-errors.ts';
import type { MessagesContext } from '../context.ts';
import { requestOf } from '../domain/request.ts';
import { issueCode } from '../issue-code.ts';
import { refuse } from '../refusal.ts';
import { verifyCode } from '../verify-code.ts';
import {
  IssueCodeInput,
  IssueCodePayload,
  VerifyCodeInput,
  VerifyCodePayload,
  type IssueCodeErrors,
} from './code.type.ts';
import { errorsOf } from './errors.ts';

@Resolver()
export class CodeResolver {
  @Mutation(() => IssueCodePayload, {
    description:
      'Draws a one-time code and sends it. At most 5 codes in ten minutes to one recipient, and 50 to numbers beside theirs.',
  })
  async issueCode(
    @Arg('input', () => IssueCodeInput, { description: 'Who gets it, and how it is put.' })
    input: IssueCodeInput,
    @Ctx() context: MessagesContext,
  ): Promise<IssueCodePayload> {
    const { principal, clock } = context;
    requireScope(principal, 'messages:send');
    const checked = requestOf(input, uuidOf('recipient', input.recipientId), clock.now());
    const result =
      'findings' in checked
        ? refuse(checked.findings)
        : await issueCode(context, { ...checked.request, tenantId: principal.tenantId });
    if (!result.ok) {
      const errors = errorsOf(result.refusals) as IssueCodeErrors;
      return { message: null, expiresAt: null, replayed: false, errors };
    }
    const { message, replayed, expiresAt } = result.value;
    return { message, replayed, expiresAt: new Date(expiresAt), errors: [] };
  }

  @Mutation(() => VerifyCodePayload, {
    description:
      'Tries a one-time code, whatever channel it came by. Five tries; a right one counts once.',
  })
  async verifyCode(
    @Arg('input', () => VerifyCodeInput, { description: 'What somebody typed in.' })
    { messageId, code }: VerifyCodeInput,
    @Ctx() context: MessagesContext,
  ): Promise<VerifyCodePayload> {
    const { tenantId } = context.principal;
    requireScope(context.principal, 'messages:send');
    const uuid = uuidOf('message', messageId);
    const tried =
      uuid === null
        ? null
        : await verifyCode(context, {
            tenantId,
            messageId: uuid,
            code: code.replaceAll(/\s/g, ''),
          });
    if (tried === null) {
      const error = new NotFound(['messageId'], 'No code was sent with this message.');
      return { outcome: null, triesLeft: null, errors: [error] };
    }
    return { outcome: tried.verdict, triesLeft: tried.triesLeft, errors: [] };
  }
}
