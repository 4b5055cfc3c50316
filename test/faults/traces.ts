// Finds a value in what was on a wire, however it was written there.

const BASE64_RUN = /[A-Za-z0-9+/_-]{8,}={0,2}/g;

/** Every way in which `value` (letters and digits) stands in `text`; empty where it does not. */
export function tracesOf(value: string, text: string): readonly string[] {
  const bytes = Buffer.from(value);
  const wide = Buffer.from(value, 'utf16le');
  // Line breaks are soft in quoted-printable, and mean nothing in base64.
  const joined = text.replaceAll(/=\r?\n/g, '').replaceAll(/\r?\n/g, '');
  const lower = joined.toLowerCase();
  const found: Readonly<Record<string, boolean>> = {
    plain: text.includes(value) || joined.includes(value),
    'quoted-printable': decodedQuoted(joined).includes(value),
    percent: decodedPercent(joined).includes(value),
    hex: lower.includes(bytes.toString('hex')),
    'UCS-2': [wide, swapped(wide)].some((form) => joined.includes(form.toString('latin1'))),
    'UCS-2 in hex': [wide, swapped(wide)].some((form) => lower.includes(form.toString('hex'))),
    base64: runsOf(joined).some((run) => holds(run, [bytes, wide, swapped(wide)])),
  };
  return Object.keys(found).filter((form) => found[form]);
}

const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

const decodedQuoted = (text: string): string =>
  text.replaceAll(/=([0-9A-Fa-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );

const decodedPercent = (text: string): string =>
  text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );

/** A run may begin anywhere in what was encoded, so it is read from each of its first four letters. */
function runsOf(text: string): readonly Buffer[] {
  return [...text.matchAll(BASE64_RUN)].flatMap(([run]) =>
    [0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), 'base64')),
  );
}

const holds = (run: Buffer, forms: readonly Buffer[]): boolean =>
  forms.some((form) => run.includes(form));
