// Records that a person took a consent back. Nobody needs to have given one: a withdrawal of nothing still stands.
import {
  appendConsent,
  type AppendConsentRequest,
  type AppendConsentResult,
} from './append-consent.ts';
import type { ConsentDeps } from './deps.ts';

export type WithdrawConsentRequest = Omit<
  AppendConsentRequest,
  'action' | 'regulation' | 'cmp' | 'expiresAt'
>;

/** In effect when it answers: what is decided after that is refused. Refuses for all channels or for none. */
export async function withdrawConsent(
  deps: ConsentDeps,
  request: WithdrawConsentRequest,
): Promise<AppendConsentResult> {
  return appendConsent(deps, {
    ...request,
    action: 'WITHDRAWN',
    regulation: 'ALL',
    cmp: null,
    expiresAt: null,
  });
}
