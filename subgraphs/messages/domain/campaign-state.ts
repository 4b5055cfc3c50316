// The life of a campaign: which deed leads from which state to which. Pure.
import type { CampaignState } from '../../../schema/vocabulary-campaigns.ts';

export type CampaignMove = 'BEGIN' | 'PAUSE' | 'RESUME' | 'CANCEL' | 'COMPLETE' | 'EXPIRE';

const MOVES: Readonly<Record<CampaignState, Partial<Record<CampaignMove, CampaignState>>>> = {
  SCHEDULED: { BEGIN: 'RUNNING', PAUSE: 'PAUSED', CANCEL: 'CANCELLED', EXPIRE: 'EXPIRED' },
  RUNNING: { PAUSE: 'PAUSED', CANCEL: 'CANCELLED', COMPLETE: 'COMPLETED', EXPIRE: 'EXPIRED' },
  PAUSED: { RESUME: 'RUNNING', CANCEL: 'CANCELLED' },
  COMPLETED: {},
  CANCELLED: {},
  EXPIRED: {},
};

/** The state that a deed leads to; null where the state does not allow it. Resumed before its time, it waits for that.
 *  sendAt: milliseconds since 1970; null: at once. */
export function movedCampaign(
  state: CampaignState,
  move: CampaignMove,
  { sendAt, now }: { readonly sendAt: number | null; readonly now: number },
): CampaignState | null {
  const to = MOVES[state][move] ?? null;
  return move === 'RESUME' && to !== null ? stateOfNew(sendAt, now) : to;
}

/** The state of a campaign of which nobody said more than when it begins. */
export function stateOfNew(sendAt: number | null, now: number): CampaignState {
  return sendAt !== null && sendAt > now ? 'SCHEDULED' : 'RUNNING';
}

/** Whether nothing more is going to be put into the queue. */
export function isEnded(state: CampaignState): boolean {
  return Object.keys(MOVES[state]).length === 0;
}
