// What a person sees of a mail: its subject, its sender, and its plain text.

export interface SeenMail {
  readonly subject: string;
  readonly from: string;
  readonly text: string;
}

const BLANK_LINE = '\r\n\r\n';

/** Of a mail in one part, or in alternatives. */
export function readMail(mail: string): SeenMail {
  const [head, body] = cutAt(mail);
  const boundary = /^content-type: multipart\/[^\r]*boundary="([^"]+)"/im.exec(head)?.[1];
  const parts = boundary === undefined ? [mail] : body.split(`--${boundary}\r\n`).slice(1);
  const plain = parts.find((part) => /^content-type: text\/plain/im.test(cutAt(part)[0])) ?? '';
  return {
    subject: decodeWords(fieldOf(head, 'subject')),
    from: decodeWords(fieldOf(head, 'from')),
    text: textOf(plain).trimEnd(),
  };
}

/** Unfolded headers, and what is after them. */
function cutAt(part: string): [head: string, body: string] {
  const end = part.indexOf(BLANK_LINE);
  const head = end === -1 ? part : part.slice(0, end);
  return [head.replaceAll(/\r\n[ \t]+/g, ' '), end === -1 ? '' : part.slice(end + 4)];
}

const fieldOf = (head: string, name: string): string =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';

function textOf(part: string): string {
  const [head, body] = cutAt(part);
  const encoding = fieldOf(head, 'content-transfer-encoding').toLowerCase();
  const whole = body.split('\r\n--', 1)[0] ?? '';
  if (encoding === 'base64') return Buffer.from(whole, 'base64').toString();
  if (encoding !== 'quoted-printable') return whole.replaceAll('\r\n', '\n');
  return unquote(whole.replaceAll(/=\r\n/g, '')).replaceAll('\r\n', '\n');
}

const unquote = (text: string): string =>
  Buffer.from(
    text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString();

/** Source: RFC 2047. */
const decodeWords = (text: string): string =>
  text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString()
        : unquote(word.replaceAll('_', ' ')),
    );
