// Answers the client credentials grant (RFC 6749 section 4.4) for a sender that asks for a token before it sends.
import { knowsSecret, sameAsAny } from './authenticate-cmp.ts';
import { cmpSecretsOf, type WebhookSecrets } from './webhook-secrets.ts';
import type { ConsentDeps } from './deps.ts';
import { findCmpSources } from './store/cmp-sources.ts';

/** The secret by which the client proved itself, which is its token too: it learns nothing that it did not know, and a
 *  rotated secret ends its tokens. Null for everybody else. */
export async function grantCmpToken(
  { database }: ConsentDeps,
  secrets: WebhookSecrets,
  tenantId: string,
  client: { readonly authorization: string | undefined; readonly clientSecret: string },
): Promise<string | null> {
  const sources = await database.read(tenantId, (tx) => findCmpSources(tx, tenantId));
  const source = sources.find(({ format }) => format === 'DIDOMI');
  if (source === undefined) return null;
  const active = await secrets.open(cmpSecretsOf(source), source.secrets);
  const proven = active.find(
    (secret) =>
      sameAsAny([secret], client.clientSecret) || knowsSecret([secret], client.authorization),
  );
  return proven ?? null;
}
