// How long messages keeps what proves a code and who opened a link: no longer than a repetition may come.
import { RecordClass } from '../../../schema/vocabulary-retention.ts';

/** An idempotency key is answered for a day at the least, and the answer to a repeated request for a code stands here. */
const DAYS = 1;

const SOURCE = 'A day, for repeated requests; Regulation (EU) 2016/679 art. 5(1)(c) and (e)';

/** Both are worth nothing to anybody when they are over, so nobody needs another time. */
export const retentionRules = [
  { recordClass: RecordClass.ONE_TIME_CODE, regions: null, days: DAYS, source: SOURCE },
  { recordClass: RecordClass.LINK_VISIT, regions: null, days: DAYS, source: SOURCE },
] as const;
