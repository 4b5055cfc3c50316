// Tells a target once more what was recorded since a place in the log, or since a time; under the ids of the first time.
import { InvalidInput } from '../../schema/user-errors.ts';
import { changeTarget, type CrmTargetError, type CrmTargetName } from './configure-crm-target.ts';
import type { ConsentDeps } from './deps.ts';
import { isLogIndex } from './domain/crm/consent-change.ts';
import { saveCrmTarget, type CrmTarget } from './store/crm-targets.ts';
import { findFirstSince } from './store/find-records.ts';

export interface ReplayCrmEventsRequest extends CrmTargetName {
  /** Exactly one of the two: a place in the log in decimal, or a time in milliseconds since 1970. */
  readonly fromLogIndex: string | null;
  readonly fromTime: number | null;
}

interface ReplayCrmEventsResult {
  readonly target: CrmTarget | null;
  /** Records that are told once more. */
  readonly recordCount: number;
  readonly errors: CrmTargetError[];
}

/** The news go first: a withdrawal of today does not wait for the grants of last year. A replay under way begins anew
 *  where this one does. */
export async function replayCrmEvents(
  deps: ConsentDeps,
  request: ReplayCrmEventsRequest,
): Promise<ReplayCrmEventsResult> {
  const { tenantId, fromLogIndex, fromTime } = request;
  const errors = checkRequest(request);
  if (errors.length > 0) return { target: null, recordCount: 0, errors };
  const result = await changeTarget(deps, request, async (tx, target) => {
    const asked =
      fromLogIndex === null
        ? await findFirstSince(tx, tenantId, fromTime ?? 0)
        : BigInt(fromLogIndex);
    const until = target.position;
    const from = asked === null || asked > until ? until : asked;
    const replay =
      from === until
        ? { replayPosition: null, replayUntil: null }
        : { replayPosition: from, replayUntil: until };
    const replayed = { ...target, ...replay };
    await saveCrmTarget(tx, replayed);
    return { target: replayed, recordCount: Number(until - from), errors: [] };
  });
  return 'recordCount' in result ? result : { ...result, recordCount: 0 };
}

function checkRequest({ fromLogIndex, fromTime }: ReplayCrmEventsRequest): CrmTargetError[] {
  if ((fromLogIndex === null) === (fromTime === null)) {
    const sentence = 'A replay begins at a place in the log or at a time: name one of them.';
    return [new InvalidInput(['fromLogIndex'], sentence)];
  }
  if (fromLogIndex !== null && !isLogIndex(fromLogIndex)) {
    return [new InvalidInput(['fromLogIndex'], 'A place in the log is a number from 0.')];
  }
  return [];
}
