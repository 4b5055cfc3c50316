// The name of a public key: its RFC 7638 thumbprint.
import { createHash } from 'node:crypto';

/** The required members of an EC key (x and y) or an OKP key (x only). */
export interface ThumbprintMembers {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string;
}

/** Base64url SHA-256 of the required members in lexicographic order (RFC 7638 section 3, RFC 8037 section 2):
 *  43 characters. Other members are left out, so `alg` or `use` do not change a key's name. */
export function thumbprint({ crv, kty, x, y }: ThumbprintMembers): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
