// Certificate paths (RFC 5280 section 6) of attestations: from a leaf to a root that is trusted, by one clock, calling nobody.
import { X509Certificate } from 'node:crypto';
import { check, CryptoError } from './errors.ts';

const PATH_LENGTH_MAX = 8;
const CODE = 'ATTESTATION_INVALID';

/** The certificates from the leaf to the root, both included. chain: DER, the leaf first, each issued by the next one; the
 *  root may be missing. roots: PEM. now: milliseconds since 1970. Revocation lists are not fetched: their addresses stand
 *  in what a stranger sent. Throws ATTESTATION_INVALID. */
export function pathToRoot(
  chain: readonly Uint8Array[],
  roots: readonly string[],
  now: number,
): readonly X509Certificate[] {
  const sized = chain.length > 0 && chain.length <= PATH_LENGTH_MAX;
  check(sized, CODE, `A chain has 1 to ${PATH_LENGTH_MAX} certificates.`);
  const given = chain.map(parse);
  const last = given.at(-1);
  const trusted = roots.map(parse);
  const itself = trusted.find((root) => last?.fingerprint256 === root.fingerprint256);
  const above = trusted.find((root) => last !== undefined && issued(last, root));
  check(itself ?? above, CODE, 'The chain does not lead to a trusted root.');
  const path = itself === undefined && above !== undefined ? [...given, above] : given;
  path.forEach((certificate, index) => {
    const issuer = path[index + 1];
    const valid =
      certificate.validFromDate.getTime() <= now && now <= certificate.validToDate.getTime();
    check(valid, CODE, 'A certificate of the chain has expired, or is not yet valid.');
    const holds = issuer === undefined || issued(certificate, issuer);
    check(holds, CODE, 'A certificate of the chain was not issued by the next one.');
  });
  return path;
}

/** Whether a text is the certificate of somebody who may issue others, in PEM. */
export function isAuthority(root: string): boolean {
  try {
    return parse(root).ca;
  } catch {
    return false;
  }
}

/** A certificate in DER or PEM. Throws ATTESTATION_INVALID. */
function parse(certificate: Uint8Array | string): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new CryptoError(CODE, 'This is not a certificate.', { cause });
  }
}

/** Only authorities issue: the certificate of an attested key must not vouch for a further one. */
function issued(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
