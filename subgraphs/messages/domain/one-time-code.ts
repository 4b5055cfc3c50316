// One-time codes: how many a person may get and try, and what a try comes to. Pure.

export const CODE_DIGITS = 6;
/** The variable of a template that stands for the code. */
export const CODE_VARIABLE = 'code';
/** With six digits, five tries guess one code in 200,000. Source: NIST SP 800-63B section 5.2.2 allows up to 100. */
export const TRIES_MAX = 5;
/** Source: NIST SP 800-63B section 5.1.3.2. */
export const CODE_LIFE_MS = 600_000;

/** Digits of a number that stand for its neighbourhood: fraud that is paid by the message asks for whole ranges. */
const AREA_CHARACTERS = 8;

const CODE = new RegExp(`^\\d{${CODE_DIGITS}}$`);

/** Whether a text could be a code: what could not is no try. */
export function isCodeShaped(text: string): boolean {
  return CODE.test(text);
}

/** Codes within a time. */
export interface CodeLimit {
  readonly count: number;
  readonly withinMs: number;
}

/** Per recipient, and per neighbourhood of a number. */
export const codeLimits = {
  recipient: { count: 5, withinMs: 600_000 },
  area: { count: 50, withinMs: 600_000 },
} as const satisfies Readonly<Record<string, CodeLimit>>;

/** e164: null for a person without a number. */
export function areaOf(e164: string | null): string | null {
  return e164 === null ? null : e164.slice(0, AREA_CHARACTERS);
}

/** When the next code may be issued, or null: now. times: of those issued, newest first, in milliseconds since 1970. */
export function waitFor(limit: CodeLimit, times: readonly number[], now: number): number | null {
  const within = times.filter((time) => time > now - limit.withinMs);
  const oldestInTheWay = within[limit.count - 1];
  return oldestInTheWay === undefined ? null : oldestInTheWay + limit.withinMs - now;
}

export interface CodeState {
  readonly tries: number;
  readonly verifiedAt: number | null;
  readonly expiresAt: number;
}

export type CodeVerdict = 'VERIFIED' | 'WRONG' | 'EXPIRED' | 'USED' | 'TOO_MANY_TRIES';

/** A code counts once. A right one after too many tries is refused like a wrong one. */
export function verdictOn(state: CodeState, right: boolean, now: number): CodeVerdict {
  if (state.verifiedAt !== null) return 'USED';
  if (now >= state.expiresAt) return 'EXPIRED';
  if (state.tries >= TRIES_MAX) return 'TOO_MANY_TRIES';
  return right ? 'VERIFIED' : 'WRONG';
}

/** The state after a try. Only a try that was weighed counts. */
export function afterTry(state: CodeState, verdict: CodeVerdict, now: number): CodeState {
  if (verdict !== 'VERIFIED' && verdict !== 'WRONG') return state;
  return {
    ...state,
    tries: state.tries + 1,
    verifiedAt: verdict === 'VERIFIED' ? now : null,
  };
}
