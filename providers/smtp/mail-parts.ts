// Takes a mail apart into its headers and its parts (RFC 5322, RFC 2046), as far as a report of delivery needs.

/** Names in lower case; of a name that comes twice, the first. */
export type Fields = ReadonlyMap<string, string>;

export interface MailParts {
  readonly headers: Fields;
  /** Parts within parts are not taken apart: they are the mail that the report is about. */
  readonly bodies: readonly { readonly type: string; readonly text: string }[];
}

/** More parts than any report has. */
const PARTS_MAX = 20;
const BLANK_LINE = /\r?\n[ \t]*\r?\n/;

export function partsOf(mail: string): MailParts {
  const { headers, text } = headAndBody(mail);
  const contentType = headers.get('content-type') ?? 'text/plain';
  const boundary = boundaryOf(contentType);
  if (boundary === null) return { headers, bodies: [{ type: typeOf(contentType), text }] };
  const [, ...found] = `\n${text}`.split(`\n--${boundary}`, PARTS_MAX + 1);
  const bodies = found.flatMap((part) => {
    // The last boundary has two more hyphens, and after it comes nothing.
    if (part.startsWith('--')) return [];
    const inner = headAndBody(part.replace(/^[ \t]*\r?\n/, ''));
    return [{ type: typeOf(inner.headers.get('content-type') ?? 'text/plain'), text: inner.text }];
  });
  return { headers, bodies };
}

/** A block of `Name: value` lines; a line that begins with space goes on with the one before. */
export function fieldsOf(block: string): Fields {
  const fields = new Map<string, string>();
  for (const line of block.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name !== '' && !fields.has(name)) fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

function headAndBody(part: string): { headers: Fields; text: string } {
  if (/^\r?\n/.test(part)) return { headers: new Map(), text: part.trimStart() };
  const blank = BLANK_LINE.exec(part);
  const end = blank?.index ?? part.length;
  const text = blank === null ? '' : part.slice(end + blank[0].length);
  return { headers: fieldsOf(part.slice(0, end)), text };
}

const typeOf = (contentType: string): string =>
  contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';

function boundaryOf(contentType: string): string | null {
  if (!/^\s*multipart\//i.test(contentType)) return null;
  const [, quoted, plain] =
    /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? plain ?? null;
}
