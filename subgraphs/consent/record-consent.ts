// Records that a person agreed, for a purpose and on some channels.
import {
  appendConsent,
  type AppendConsentRequest,
  type AppendConsentResult,
} from './append-consent.ts';
import type { ConsentDeps } from './deps.ts';

export type RecordConsentRequest = Omit<AppendConsentRequest, 'action' | 'regulation' | 'cmp'>;

/** In effect when it answers. Refuses for all channels or for none. */
export async function recordConsent(
  deps: ConsentDeps,
  request: RecordConsentRequest,
): Promise<AppendConsentResult> {
  return appendConsent(deps, { ...request, action: 'GRANTED', regulation: 'ALL', cmp: null });
}
