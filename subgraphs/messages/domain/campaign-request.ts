// Checks what a caller wants a campaign to be, before anything is looked up, and then whether its template suits a crowd.
import type { Channel, Tristate } from '../../../schema/vocabulary.ts';
import { MESSAGES_PER_SECOND } from './campaign-pace.ts';
import {
  EXPIRY_MS_MAX,
  isIdempotencyKey,
  isSchedulable,
  KEY_EXPECTED,
  NOT_SCHEDULABLE,
} from './request.ts';
import {
  checkVariables,
  isStorable,
  NOT_STORABLE,
  type Template,
  type Variables,
} from './template.ts';

/** Whom it goes to: all that is given must hold, and an empty one means everybody. */
export interface CampaignFilter {
  readonly region: string | null;
  readonly carrier: string | null;
  readonly channel: {
    readonly channel: Channel;
    readonly supported: Tristate | null;
    readonly isReachable: boolean | null;
  } | null;
}

export interface CampaignInput {
  readonly idempotencyKey: string;
  readonly name: string;
  readonly template: string;
  readonly filter: CampaignFilter;
  readonly variables: readonly { readonly name: string; readonly value: string }[];
  readonly sendAt: Date | null;
  readonly expiresAt: Date | null;
  readonly messagesPerSecond: number | null;
}

export interface CampaignRequest {
  readonly idempotencyKey: string;
  readonly name: string;
  readonly templateName: string;
  readonly filter: CampaignFilter;
  readonly variables: Variables;
  /** Milliseconds since 1970; null: at once. */
  readonly sendAt: number | null;
  readonly expiresAt: number | null;
  readonly messagesPerSecond: number | null;
}

export interface CampaignFinding {
  readonly code: 'INVALID_INPUT' | 'VARIABLES_INVALID';
  readonly path: readonly string[];
  readonly sentence: string;
}

const NAME_CHARACTERS_MAX = 100;

/** Shape, times and texts. Whether its region is one is the filter's own rule, and asked by the door. */
export function campaignOf(
  input: CampaignInput,
  now: number,
): { request: CampaignRequest } | { findings: CampaignFinding[] } {
  const findings: CampaignFinding[] = [];
  const expect = (holds: boolean, path: readonly string[], sentence: string): void => {
    if (!holds) findings.push({ code: 'INVALID_INPUT', path, sentence });
  };
  const { idempotencyKey, name, template, filter, variables, messagesPerSecond } = input;
  expect(isIdempotencyKey(idempotencyKey), ['idempotencyKey'], KEY_EXPECTED);
  const named = name.trim() !== '' && name.length <= NAME_CHARACTERS_MAX;
  expect(named, ['name'], `It has 1 to ${NAME_CHARACTERS_MAX} characters.`);
  const texts = { name, template };
  for (const [field, text] of Object.entries(texts))
    expect(isStorable(text), [field], NOT_STORABLE);
  expect(isStorable(filter.carrier ?? ''), ['filter', 'carrier'], NOT_STORABLE);
  const sendAt = input.sendAt?.getTime() ?? null;
  const expiresAt = input.expiresAt?.getTime() ?? null;
  expect(sendAt === null || isSchedulable(sendAt, now), ['sendAt'], NOT_SCHEDULABLE);
  const from = sendAt ?? now;
  const expiryFits = expiresAt === null || (expiresAt > from && expiresAt <= from + EXPIRY_MS_MAX);
  expect(expiryFits, ['expiresAt'], 'It lies at most seven days after the campaign begins.');
  const { min, max } = MESSAGES_PER_SECOND;
  const rateFits =
    messagesPerSecond === null || (messagesPerSecond >= min && messagesPerSecond <= max);
  expect(rateFits, ['messagesPerSecond'], `It lies between ${min} and ${max}.`);
  const names = variables.map((variable) => variable.name);
  expect(new Set(names).size === names.length, ['variables'], 'Each variable is given once.');
  if (findings.length > 0) return { findings };
  return {
    request: {
      idempotencyKey,
      name,
      templateName: template,
      filter,
      variables: new Map(variables.map((variable) => [variable.name, variable.value])),
      sendAt,
      expiresAt,
      messagesPerSecond,
    },
  };
}

/** What keeps a template from being sent to many with the same values; empty when nothing does. */
export function checkCampaignTemplate(template: Template, variables: Variables): CampaignFinding[] {
  if (template.type === 'OTP') {
    const sentence = 'A one-time code is drawn for one person; issueCode sends it.';
    return [{ code: 'INVALID_INPUT', path: ['template'], sentence }];
  }
  const personal = template.variables.filter(
    ({ name, required, sensitive }) => sensitive && (required || variables.has(name)),
  );
  if (personal.length > 0) {
    return personal.map(({ name }) => ({
      code: 'VARIABLES_INVALID',
      path: ['variables', name],
      sentence: `The variable ${name} is sensitive, so each person has a value of their own; sendMessages takes those.`,
    }));
  }
  return checkVariables(template, variables).map(({ path, sentence }) => ({
    code: 'VARIABLES_INVALID',
    path: ['variables', ...path],
    sentence,
  }));
}
