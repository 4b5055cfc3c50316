// Records that a person agreed, for a purpose and on some channels.
import type { AppendConsent, AppendConsentResult } from './append-consent.ts';
import type { AppendConsentRequest } from './draft-records.ts';

export type RecordConsentRequest = Omit<AppendConsentRequest, 'action' | 'regulation' | 'cmp'>;

/** In effect when it answers. Refuses for all channels or for none. */
export async function recordConsent(
  { append }: { readonly append: AppendConsent },
  request: RecordConsentRequest,
): Promise<AppendConsentResult> {
  return append({ ...request, action: 'GRANTED', regulation: 'ALL', cmp: null });
}
