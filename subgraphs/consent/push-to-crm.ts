// Tells a tenant's own system of its next consents: take, send outside of any transaction, settle.
import { signWebhook } from '../../crypto/webhook-signature.ts';
import { HttpClientError } from '../../platform/http-client.ts';
import { retryAfterMs } from '../../platform/retry-after.ts';
import { publicId } from '../../schema/ids.ts';
import type { ConsentDeps } from './deps.ts';
import type { LoggedRecord } from './domain/consent-record.ts';
import { crmBody } from './domain/crm/formats.ts';
import { outcomeOf, type CrmOutcome } from './domain/crm/retry.ts';
import { settleCrmBatch } from './settle-crm-batch.ts';
import type { CrmTarget } from './store/crm-targets.ts';
import { takeCrmBatch } from './take-crm-batch.ts';
import { crmSecretsOf, type WebhookSecrets } from './webhook-secrets.ts';

/** One batch of one target. Whoever dies on the way leaves a lease that runs out, and the batch is told again with the same
 *  ids: at least once. */
export async function pushToCrm(
  deps: ConsentDeps,
  secrets: WebhookSecrets,
  key: { readonly tenantId: string; readonly id: string },
): Promise<void> {
  const { database, log } = deps;
  const { tenantId, id: targetId } = key;
  const batch = await database.transaction(tenantId, (tx) => takeCrmBatch(tx, deps, key));
  if (batch === null) return;
  const { target, items } = batch;
  const opened = await secrets.open(crmSecretsOf(target), target.secrets);
  const tellings = await Promise.all(
    items.map(async (item) => ({ item, outcome: await tell(deps, target, opened, item.record) })),
  );
  const settled = await database.transaction(tenantId, (tx) =>
    settleCrmBatch(tx, deps, batch, tellings),
  );
  if (settled === null) return;
  if (!settled.active) log.warn({ tenantId, targetId }, 'crm target gone');
  else if (settled.failureCount === 1) log.warn({ tenantId, targetId }, 'crm target failing');
}

async function tell(
  { outside, clock }: ConsentDeps,
  { url, format }: CrmTarget,
  secrets: readonly string[],
  record: LoggedRecord,
): Promise<CrmOutcome> {
  const body = crmBody(format, record);
  const id = publicId('consent', record.id);
  const timestamp = String(Math.floor(clock.now() / 1000));
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Parley',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signWebhook(secrets, { id, timestamp, body }),
  };
  try {
    const answer = await outside.request({ method: 'POST', url, headers, body });
    return outcomeOf(answer.status, retryAfterMs(answer.headers['retry-after'], clock.now()));
  } catch (error) {
    if (!(error instanceof HttpClientError)) throw error;
    const problem = `No answer: ${error.message}`;
    return { kind: 'refused', status: null, problem, retryAfterMs: null, gone: false };
  }
}
