// Who opened a secure link: a secret that the browser keeps, known to us by its MAC, and tokens that tie forms to both.
import { randomBytes, type KeyObject } from 'node:crypto';
import { encodeBase64url } from './base64url.ts';
import { equalBytes, hmacSha256 } from './mac.ts';

const VISITOR_BYTES = 32;
const VISITOR = /^[A-Za-z0-9_-]{43}$/;
const VISIT_LABEL = 'parley visit 1';
const FORM_LABEL = 'parley form 1';

/** A link and who opened it. */
export interface Visitor {
  /** What the link is, without NUL. */
  readonly link: string;
  /** What `drawVisitor` gave to the browser. */
  readonly secret: string;
}

/** A fresh secret: 256 bits in 43 URL-safe characters. */
export function drawVisitor(): string {
  return encodeBase64url(randomBytes(VISITOR_BYTES));
}

/** Whether a text may be a visitor's secret, by its shape alone. */
export function isVisitorSecret(text: string): boolean {
  return VISITOR.test(text);
}

/** 32 bytes that stand for the visitor at rest: what is read from a table opens nothing. */
export function visitMac(key: KeyObject, { link, secret }: Visitor): Buffer {
  return hmacSha256(key, VISIT_LABEL, '\0', link, '\0', secret);
}

/** What a form carries to show that it came from our page, for this link, in this browser. */
export function formToken(key: KeyObject, { link, secret }: Visitor): string {
  return encodeBase64url(hmacSha256(key, FORM_LABEL, '\0', link, '\0', secret));
}

/** In constant time. */
export function isFormToken(key: KeyObject, visitor: Visitor, token: string): boolean {
  return equalBytes(Buffer.from(token), Buffer.from(formToken(key, visitor)));
}
