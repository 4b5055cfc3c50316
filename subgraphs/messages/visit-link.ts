// A visit of a secure link: the link, the browser that it was opened in, and the tie between both and a form.
import { drawVisitor, formToken, isFormToken, isVisitorSecret } from '../../crypto/link-visit.ts';
import { openLink, type OpenedLink, type OpenLinkDeps } from './open-link.ts';

export interface Visit {
  readonly link: OpenedLink;
  /** What the browser keeps, or is to keep from now on. */
  readonly secret: string;
  /** Whether it kept none. */
  readonly isNew: boolean;
  /** What the forms of a page carry. */
  readonly formToken: string;
}

/** `kept`: what the browser says that it keeps. Null for a link that is not good, whatever is wrong with it. */
export async function visitLink(
  deps: OpenLinkDeps,
  token: string,
  kept: string,
): Promise<Visit | null> {
  const link = await openLink(deps, token);
  if (link === null) return null;
  const isNew = !isVisitorSecret(kept);
  const secret = isNew ? drawVisitor() : kept;
  const visitor = { link: link.attempt.id, secret };
  return { link, secret, isNew, formToken: formToken(link.key, visitor) };
}

/** Whether a form came from our page, for this link, in this browser. */
export function isOwnForm({ link, secret, isNew }: Visit, token: string): boolean {
  return !isNew && isFormToken(link.key, { link: link.attempt.id, secret }, token);
}
