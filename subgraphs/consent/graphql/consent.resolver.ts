// The door to consent: decisions, the two deeds, and what stands for a recipient.
import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { assert } from '../../../platform/assert.ts';
import { ApiError } from '../../../platform/errors.ts';
import { requireScope } from '../../../platform/principal.ts';
import { publicId } from '../../../schema/ids.ts';
import type { AppendConsentResult } from '../append-consent.ts';
import type { ConsentContext } from '../context.ts';
import { decideConsents } from '../decide-consents.ts';
import { RULES_VERSION } from '../domain/jurisdictions.ts';
import { importConsents } from '../import-consents.ts';
import { recordConsent } from '../record-consent.ts';
import { withdrawConsent, type WithdrawConsentRequest } from '../withdraw-consent.ts';
import {
  ConsentQuestionInput,
  ImportConsentsInput,
  ImportConsentsPayload,
  RecordConsentInput,
  RecordConsentPayload,
  WithdrawConsentInput,
  WithdrawConsentPayload,
} from './consent.input.ts';
import { ConsentDecision, ConsentState, toState } from './consent.type.ts';
import { Recipient } from './recipient.stub.ts';

const QUESTIONS_MAX = 500;

@Resolver(() => Recipient)
export class ConsentResolver {
  @Query(() => [ConsentDecision], {
    description: `Decides many questions at once, in their order. At most ${QUESTIONS_MAX}.`,
  })
  async consentDecisions(
    @Arg('batch', () => [ConsentQuestionInput], { description: 'The questions.' })
    batch: ConsentQuestionInput[],
    @Ctx() context: ConsentContext,
  ): Promise<ConsentDecision[]> {
    const { principal } = context;
    requireScope(principal, 'consent:read');
    if (batch.length > QUESTIONS_MAX) {
      const sentence = `A batch has at most ${QUESTIONS_MAX} questions.`;
      throw new ApiError('BAD_USER_INPUT', sentence, { path: ['batch'], max: QUESTIONS_MAX });
    }
    const decisions = await decideConsents(context, principal.tenantId, batch);
    return batch.map(({ purpose, channel }, index) => {
      const decision = decisions[index];
      assert(decision !== undefined, 'every question has its decision');
      const { allowed, consentId, policyVersion, expiresAt, ruleSet } = decision;
      return {
        purpose,
        channel,
        allowed,
        reason: decision.allowed ? null : decision.reason,
        consentId: consentId === null ? null : publicId('consent', consentId),
        policyVersion,
        expiresAt: expiresAt === null ? null : new Date(expiresAt),
        rules: `${ruleSet}/${RULES_VERSION}`,
      };
    });
  }

  @Mutation(() => RecordConsentPayload, {
    description: 'Records that a person agreed. In effect when this answers.',
  })
  async recordConsent(
    @Arg('input', () => RecordConsentInput, { description: 'What the person agreed to.' })
    input: RecordConsentInput,
    @Ctx() context: ConsentContext,
  ): Promise<RecordConsentPayload> {
    requireScope(context.principal, 'consent:write');
    const expiresAt = input.expiresAt?.getTime() ?? null;
    return toPayload(await recordConsent(context, { ...requestOf(input, context), expiresAt }));
  }

  @Mutation(() => WithdrawConsentPayload, {
    description: 'Records that a person took a consent back. In effect when this answers.',
  })
  async withdrawConsent(
    @Arg('input', () => WithdrawConsentInput, { description: 'What the person took back.' })
    input: WithdrawConsentInput,
    @Ctx() context: ConsentContext,
  ): Promise<WithdrawConsentPayload> {
    requireScope(context.principal, 'consent:write');
    return toPayload(await withdrawConsent(context, requestOf(input, context)));
  }

  @Mutation(() => ImportConsentsPayload, {
    description: 'Records what another system recorded. In effect when this answers.',
  })
  async importConsents(
    @Arg('input', () => ImportConsentsInput, { description: 'The rows.' })
    { rows }: ImportConsentsInput,
    @Ctx() context: ConsentContext,
  ): Promise<ImportConsentsPayload> {
    const { principal } = context;
    requireScope(principal, 'consent:write');
    const requests = rows.map(({ action, regulation, expiresAt, ...said }) => ({
      ...requestOf(said, context),
      action,
      regulation: regulation ?? 'ALL',
      expiresAt: expiresAt?.getTime() ?? null,
      cmp: null,
    }));
    const { results, errors } = await importConsents(context, principal.tenantId, requests);
    return { results: results.map(toPayload), errors: [...errors] };
  }

  @FieldResolver(() => [ConsentState], {
    description: 'What stands for each purpose and channel; empty where nothing was recorded.',
  })
  async consents(
    @Root() { id }: Recipient,
    @Ctx() { principal, loaders }: ConsentContext,
  ): Promise<ConsentState[]> {
    requireScope(principal, 'consent:read');
    return (await loaders.consents.load(id)).map(toState);
  }
}

function requestOf(
  { occurredAt, deviceId, idempotencyKey, ...said }: WithdrawConsentInput,
  { principal }: ConsentContext,
): WithdrawConsentRequest {
  return {
    ...said,
    tenantId: principal.tenantId,
    actor: principal.subject,
    occurredAt: occurredAt?.getTime() ?? null,
    deviceId: deviceId ?? null,
    idempotencyKey: idempotencyKey ?? null,
  };
}

function toPayload({ consents, replayed, errors }: AppendConsentResult): RecordConsentPayload {
  return { consents: consents?.map(toState) ?? null, replayed, errors };
}
