// How long delivery keeps callbacks as they came, and what people said. Both hold personal data, sealed.
import { RecordClass } from '../../../schema/vocabulary-retention.ts';

export const RAW_CALLBACK_DAYS = 30;
export const CONVERSATION_ENTRY_DAYS = 365;

/** Neither a callback nor an entry of a conversation knows a region. */
export const retentionRules = (days: {
  readonly rawCallbackDays: number;
  readonly conversationEntryDays: number;
}) =>
  [
    {
      recordClass: RecordClass.RAW_CALLBACK,
      regions: null,
      days: days.rawCallbackDays,
      source:
        'A month, for disputes with the carrier; Regulation (EU) 2016/679 art. 5(1)(c) and (e)',
    },
    {
      recordClass: RecordClass.CONVERSATION_ENTRY,
      regions: null,
      days: days.conversationEntryDays,
      source:
        'A year, for disputes about what was said; Regulation (EU) 2016/679 art. 5(1)(c) and (e)',
    },
  ] as const;
