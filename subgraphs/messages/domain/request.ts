// Checks what a caller sends, before anything is looked up.
import { isLocalTime, SCHEDULE_MS_MAX, type SendTime } from './send-time.ts';
import { isStorable, NOT_STORABLE, type Variables } from './template.ts';

export interface RequestInput {
  readonly idempotencyKey: string;
  readonly template: string;
  readonly variables: readonly { readonly name: string; readonly value: string }[];
  readonly reference?: string | null;
  readonly locale?: string | null;
  readonly sendAt?: Date | null;
  readonly sendAtLocal?: string | null;
  readonly expiresAt?: Date | null;
}

export interface CheckedRequest {
  readonly idempotencyKey: string;
  readonly recipientId: string;
  readonly templateName: string;
  readonly variables: Variables;
  readonly reference: string | null;
  readonly locale: string | null;
  readonly sendAt: SendTime | null;
  readonly expiresAt: number | null;
}

interface RequestFinding {
  readonly code: 'INVALID_INPUT' | 'NOT_FOUND';
  readonly path: readonly string[];
  readonly sentence: string;
}

const KEY_CHARACTERS_MAX = 255;
const REFERENCE_CHARACTERS_MAX = 255;
export const EXPIRY_MS_MAX = 7 * 86_400_000;
const LOCALE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

export const KEY_EXPECTED = `It has 1 to ${KEY_CHARACTERS_MAX} characters that can be stored.`;

export const isIdempotencyKey = (key: string): boolean =>
  key.length >= 1 && key.length <= KEY_CHARACTERS_MAX && isStorable(key);

export const NOT_SCHEDULABLE = 'It lies in the future, at most 30 days ahead.';

/** Both in milliseconds since 1970. */
export const isSchedulable = (sendAt: number, now: number): boolean =>
  sendAt > now && sendAt <= now + SCHEDULE_MS_MAX;

function timeOf(sendAt: number | null, local: string | null): SendTime | null {
  if (local !== null) return { kind: 'local', time: local };
  return sendAt === null ? null : { kind: 'moment', at: sendAt };
}

/** `recipientId` is the UUID behind the given id, or null where the id is not one. */
export function requestOf(
  input: RequestInput,
  recipientId: string | null,
  now: number,
): { request: CheckedRequest } | { findings: RequestFinding[] } {
  const findings: RequestFinding[] = [];
  const expect = (holds: boolean, field: string, sentence: string): void => {
    if (!holds) findings.push({ code: 'INVALID_INPUT', path: [field], sentence });
  };
  const { idempotencyKey, variables, reference = null, locale = null } = input;
  const expiresAt = input.expiresAt?.getTime() ?? null;
  expect(isIdempotencyKey(idempotencyKey), 'idempotencyKey', KEY_EXPECTED);
  const referenceFits = (reference ?? '').length <= REFERENCE_CHARACTERS_MAX;
  expect(referenceFits, 'reference', `It has at most ${REFERENCE_CHARACTERS_MAX} characters.`);
  const texts = { template: input.template, reference: reference ?? '' };
  for (const [field, text] of Object.entries(texts)) {
    expect(isStorable(text), field, NOT_STORABLE);
  }
  expect(
    locale === null || LOCALE.test(locale),
    'locale',
    'It is a BCP 47 tag such as en or de-CH.',
  );
  const sendAt = input.sendAt?.getTime() ?? null;
  const local = input.sendAtLocal ?? null;
  expect(sendAt === null || isSchedulable(sendAt, now), 'sendAt', NOT_SCHEDULABLE);
  expect(
    local === null || isLocalTime(local),
    'sendAtLocal',
    'It is a date and a time such as 2026-11-22T09:00.',
  );
  expect(sendAt === null || local === null, 'sendAtLocal', 'It stands in the place of sendAt.');
  // Where the recipient lives is looked up later; until then a local time is any of its day.
  const from = sendAt ?? now;
  const until = local === null ? from : now + SCHEDULE_MS_MAX;
  const expiryFits = expiresAt === null || (expiresAt > from && expiresAt <= until + EXPIRY_MS_MAX);
  expect(expiryFits, 'expiresAt', 'It lies at most seven days after the message is sent.');
  const names = variables.map((variable) => variable.name);
  expect(new Set(names).size === names.length, 'variables', 'Each variable is given once.');
  if (recipientId === null) {
    const sentence = 'There is no recipient with this id.';
    findings.push({ code: 'NOT_FOUND', path: ['recipientId'], sentence });
  }
  if (findings.length > 0 || recipientId === null) return { findings };
  return {
    request: {
      idempotencyKey,
      recipientId,
      templateName: input.template,
      variables: new Map(variables.map(({ name, value }) => [name, value])),
      reference,
      locale,
      sendAt: timeOf(sendAt, local),
      expiresAt,
    },
  };
}
