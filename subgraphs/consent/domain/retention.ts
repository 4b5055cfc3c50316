// How long consent keeps what it does not keep for good: data, each number with its source. The log is kept for good.
import { RecordClass } from '../../../schema/vocabulary-retention.ts';
import { regionsOf, STRICT } from './jurisdictions.ts';

/** Days that hold where no region has a shorter time; an installation may set others. */
export const retentionDays = {
  cmpEventDays: 90,
  liftedSuppressionDays: STRICT.retentionDays,
};

/** How long each class is kept; where two rules fit a record, the shorter one counts. */
export const retentionRules = ({ cmpEventDays, liftedSuppressionDays }: typeof retentionDays) =>
  [
    {
      recordClass: RecordClass.CMP_EVENT,
      regions: null,
      days: cmpEventDays,
      source: 'Our own: a quarter for disputes with the sender; what was said is in the log',
    },
    {
      recordClass: RecordClass.CMP_EVENT,
      regions: regionsOf('GDPR'),
      days: 30,
      source:
        'Regulation (EU) 2016/679 art. 5(1)(c) and (e), no longer than needed; UK GDPR likewise. The number is ours',
    },
    {
      recordClass: RecordClass.LIFTED_SUPPRESSION,
      regions: null,
      days: liftedSuppressionDays,
      source: 'Evidence like that of a consent, for the longest time: 16 CFR 310.5, five years',
    },
  ] as const;
