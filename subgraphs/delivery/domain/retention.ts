// How long delivery keeps callbacks as they came. They hold phone numbers, and what they told is on the timeline.
import { RecordClass } from '../../../schema/vocabulary-retention.ts';

export const RAW_CALLBACK_DAYS = 30;

/** A callback knows no region. */
export const retentionRules = (rawCallbackDays: number) =>
  [
    {
      recordClass: RecordClass.RAW_CALLBACK,
      regions: null,
      days: rawCallbackDays,
      source:
        'A month, for disputes with the carrier; Regulation (EU) 2016/679 art. 5(1)(c) and (e)',
    },
  ] as const;
