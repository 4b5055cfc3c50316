// How fast a campaign may go: how many people are seen at once, and when it goes on. Numbers as data, and what follows from them.

export interface CampaignPace {
  /** People seen in one transaction: more would hold locks longer, fewer would share their statements less. */
  readonly peopleMax: number;
  /** People that are looked at for them: a filter that few pass finds fewer, and goes on. */
  readonly scanMax: number;
  /** Messages of one campaign that wait in the queue at the most: what goes out after a pause, and what one campaign costs
   *  everybody else's queue. */
  readonly waitingMax: number;
  /** When it looks again whether the queue has room for more, and, after everybody was seen, whether nothing waits. */
  readonly roomAgainMs: number;
  readonly endAgainMs: number;
  /** Campaigns of one tenant that have not ended. */
  readonly openMax: number;
}

export const defaultPace: CampaignPace = {
  peopleMax: 200,
  scanMax: 2_000,
  waitingMax: 2_000,
  roomAgainMs: 250,
  endAgainMs: 2_000,
  openMax: 100,
};

export const MESSAGES_PER_SECOND = { min: 1, max: 10_000 } as const;

/** How many people are seen now; 0: the queue has to become shorter first. A little room is not used, because a page of
 *  three people costs as much as one of two hundred. */
export function peopleNow(
  pace: CampaignPace,
  {
    waitingCount,
    messagesPerSecond,
  }: { readonly waitingCount: number; readonly messagesPerSecond: number | null },
): number {
  const wanted = Math.min(pace.peopleMax, messagesPerSecond ?? pace.peopleMax);
  return pace.waitingMax - waitingCount < wanted ? 0 : wanted;
}

/** Milliseconds until more may be accepted. */
export function restAfter(acceptedCount: number, messagesPerSecond: number | null): number {
  return messagesPerSecond === null ? 0 : (acceptedCount * 1_000) / messagesPerSecond;
}
