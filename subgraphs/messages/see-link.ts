// What the browser of a visitor may see of a secure link now. It changes nothing.
import { visitMac } from '../../crypto/link-visit.ts';
import { maskedAddress } from './ask-link-code.ts';
import type { LinkDeps } from './deps.ts';
import { pageContent, type PageContent } from './domain/content.ts';
import { openVariables } from './message-variables.ts';
import type { OpenedLink } from './open-link.ts';
import { findVisit } from './store/link-visits.ts';

export type SeenLink =
  /** It was sealed to the person's devices, and is not opened here. */
  | { readonly kind: 'in-app' }
  | { readonly kind: 'ask' }
  /** A code is under way to this address, which is masked. */
  | { readonly kind: 'code'; readonly to: string }
  | { readonly kind: 'open'; readonly content: PageContent };

/** secret: null for a browser that keeps none. */
export async function seeLink(
  deps: LinkDeps,
  link: OpenedLink,
  secret: string | null,
): Promise<SeenLink> {
  const { tenantId, messageId, attempt, message, facts, key, jwe } = link;
  if (jwe !== null) return { kind: 'in-app' };
  if (secret === null) return { kind: 'ask' };
  const visitor = visitMac(key, { link: attempt.id, secret });
  return deps.database.read(tenantId, async (tx): Promise<SeenLink> => {
    const visit = await findVisit(tx, { tenantId, visitor });
    if (visit === null || deps.clock.now() >= visit.expiresAt) return { kind: 'ask' };
    if (visit.verifiedAt === null) {
      return { kind: 'code', to: maskedAddress(link, visit.codeChannel) };
    }
    const { templateId, recipientId, locale, variablesSealed } = message;
    const template = (await deps.templates.get(tx, [templateId])).get(templateId);
    if (template === undefined) throw new Error('a message keeps its template');
    const owner = { tenantId, messageId, recipientId, dataKey: facts.dataKey };
    const content = pageContent(template.content, openVariables(variablesSealed, owner), locale);
    return { kind: 'open', content };
  });
}
