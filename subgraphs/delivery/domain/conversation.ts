// A conversation as a fold of what stands in it: whose turn it is, whatever the order in which its entries came.
import type {
  ConversationEntryKind,
  ConversationState,
} from '../../../schema/vocabulary-conversations.ts';

const HOUR_MS = 3_600_000;

/** A text answers what was handed over to the person on its channel at most so long before; what is older it is about no
 *  message that anybody could name. */
export const ANSWER_WINDOW_HOURS = 72;

/** How long nothing is said before a conversation closes by itself. A person who waits is not dropped like one who has
 *  their answer. Source of the first: 24 hours are one conversation to RCS for Business, "Billing". */
export const LAPSE_HOURS = { OPEN: 24, AWAITING_AGENT: 168 } as const;

/** An entry, as far as it decides whose turn it is. */
export interface Move {
  readonly kind: ConversationEntryKind;
  /** When it counts, in milliseconds since 1970: what a person said counts from when it could be read here, and an answer
   *  from when it was written. So no answer counts for a word that its writer cannot have seen. */
  readonly countedAt: number;
}

/** All of a conversation's moves that decide. Null where there is none. */
export interface Standing {
  /** The last of ours. */
  readonly settled: { readonly kind: OurKind; readonly at: number } | null;
  /** The first and the last of the person's that are not settled. */
  readonly heardFirstAt: number | null;
  readonly heardLastAt: number | null;
}

export type OurKind = Exclude<ConversationEntryKind, 'TEXT' | 'TAP'>;

export interface ConversationStand {
  readonly state: ConversationState;
  /** When the state began: for AWAITING_AGENT, since when the person waits. */
  readonly since: number;
  readonly lastAt: number;
}

/** Folds any number of moves, in any order and however often each came: both come to a latest and an earliest. At the same
 *  moment the person's word counts last, so that nobody goes unanswered; of ours the kind that comes last by name. */
export function standingOf(moves: readonly Move[]): Standing {
  let settled: Standing['settled'] = null;
  for (const { kind, countedAt: at } of moves) {
    if (kind === 'TEXT' || kind === 'TAP') continue;
    const later = settled === null || at > settled.at || (at === settled.at && kind > settled.kind);
    if (later) settled = { kind, at };
  }
  const from = settled?.at ?? -Infinity;
  const heard = moves.filter(
    ({ kind, countedAt }) => (kind === 'TEXT' || kind === 'TAP') && countedAt >= from,
  );
  if (heard.length === 0) return { settled, heardFirstAt: null, heardLastAt: null };
  const times = heard.map(({ countedAt }) => countedAt);
  return { settled, heardFirstAt: Math.min(...times), heardLastAt: Math.max(...times) };
}

/** Null for a conversation in which nothing stands. */
export function standOf({
  settled,
  heardFirstAt,
  heardLastAt,
}: Standing): ConversationStand | null {
  if (heardFirstAt !== null && heardLastAt !== null) {
    return { state: 'AWAITING_AGENT', since: heardFirstAt, lastAt: heardLastAt };
  }
  if (settled === null) return null;
  const { kind, at } = settled;
  return { state: kind === 'MESSAGE' ? 'OPEN' : 'CLOSED', since: at, lastAt: at };
}

/** When a conversation that fell silent counts as lapsed: right behind the last word, so that one which was on its way
 *  all the time opens it again. */
export const lapsesAt = (lastAt: number): number => lastAt + 1;

/** Last words before this are too old for a conversation in `state` to stay open. */
export const lapsedBefore = (
  state: keyof typeof LAPSE_HOURS,
  hours: Readonly<Record<keyof typeof LAPSE_HOURS, number>>,
  now: number,
): number => now - hours[state] * HOUR_MS;

/** The earliest handing over that a text of `occurredAt` may answer. */
export const answersSince = (occurredAt: number, windowHours: number): number =>
  occurredAt - windowHours * HOUR_MS;

/** Which action of the message was tapped, by the renderer's postback `<message>:<action>`; null for another form. */
export function actionOf(postback: string, messageId: string): string | null {
  const prefix = `${messageId}:`;
  return postback.startsWith(prefix) && postback.length > prefix.length
    ? postback.slice(prefix.length)
    : null;
}
