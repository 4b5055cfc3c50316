// Certificates in tests: X.509 in DER, written by hand, so that any rule of an attestation can be kept or broken.
import { sign, type KeyObject } from 'node:crypto';

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  utf8: 0x0c,
  printable: 0x13,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

export function der(tag: keyof typeof TAG | number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([typeof tag === 'number' ? tag : TAG[tag], ...length]), body]);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const septets = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) septets.unshift((left & 0x7f) | 0x80);
    return septets;
  });
  return der('oid', Buffer.from(bytes));
}

export const integer = (value: number): Buffer => der('integer', Buffer.from([value]));

const NAMES = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' } as const;
type Name = Partial<Record<keyof typeof NAMES, string>>;

export function attribute(type: string, value: string, tag: 'utf8' | 'printable' = 'utf8'): Buffer {
  return der('set', der('sequence', oid(type), der(tag, Buffer.from(value))));
}

function name(parts: Name): Buffer {
  const attributes = Object.entries(parts).map(([key, value]) =>
    attribute(NAMES[key as keyof Name], value, key === 'C' ? 'printable' : 'utf8'),
  );
  return der('sequence', ...attributes);
}

export function extension(type: string, value: Uint8Array, critical = false): Buffer {
  const flag = critical ? [der('boolean', Buffer.from([0xff]))] : [];
  return der('sequence', oid(type), ...flag, der('octets', value));
}

/** Where a list of revoked certificates is to be fetched. */
export function revocationList(url: string): Buffer {
  const location = der(0xa0, der(0xa0, der(0x86, Buffer.from(url))));
  return extension('2.5.29.31', der('sequence', der('sequence', location)));
}

const time = (ms: number): Buffer => {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return der('time', Buffer.from(`${digits}Z`));
};

export interface CertificateParts {
  readonly subject: Name;
  readonly issuer: Name;
  readonly publicKey: KeyObject;
  /** The issuer's, on P-256. */
  readonly signer: KeyObject;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly ca?: boolean;
  readonly extensions?: readonly Buffer[];
}

/** DER of a certificate by ecdsa-with-SHA256. */
export function certificate(parts: CertificateParts): Buffer {
  const algorithm = der('sequence', oid('1.2.840.10045.4.3.2'));
  const flag = parts.ca === true ? [der('boolean', Buffer.from([0xff]))] : [];
  const constraints = extension('2.5.29.19', der('sequence', ...flag), true);
  const body = der(
    'sequence',
    der(0xa0, integer(2)),
    integer(7),
    algorithm,
    name(parts.issuer),
    der('sequence', time(parts.from), time(parts.until)),
    name(parts.subject),
    parts.publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, der('sequence', constraints, ...(parts.extensions ?? []))),
  );
  const signature = sign('sha256', body, parts.signer);
  return der('sequence', body, algorithm, der('bits', Buffer.from([0]), signature));
}

export const pem = (certificateDer: Buffer): string => {
  const lines = certificateDer.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
};
