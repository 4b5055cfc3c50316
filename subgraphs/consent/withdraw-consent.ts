// Records that a person took a consent back. Nobody needs to have given one: a withdrawal of nothing still stands.
import type { AppendConsent, AppendConsentResult } from './append-consent.ts';
import type { AppendConsentRequest } from './draft-records.ts';

export type WithdrawConsentRequest = Omit<
  AppendConsentRequest,
  'action' | 'regulation' | 'cmp' | 'expiresAt'
>;

/** In effect when it answers: what is decided after that is refused. Refuses for all channels or for none. */
export async function withdrawConsent(
  { append }: { readonly append: AppendConsent },
  request: WithdrawConsentRequest,
): Promise<AppendConsentResult> {
  const said = { action: 'WITHDRAWN', regulation: 'ALL', cmp: null, expiresAt: null } as const;
  return append({ ...request, ...said });
}
