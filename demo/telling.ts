// How the demo speaks: sections, lines, and colours where a person reads them on a terminal.

const COLUMNS_MAX = 100;

// `hasColors` is there on a terminal alone, and knows NO_COLOR.
const coloured = process.stdout.isTTY && process.stdout.hasColors();

const paint =
  (code: number) =>
  (text: string): string =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text;

export const bold = paint(1);
export const dim = paint(2);
export const green = paint(32);
export const red = paint(31);

export function line(text = ''): void {
  process.stdout.write(`${text}\n`);
}

export function section(title: string): void {
  line();
  line(bold(title));
  line(dim('-'.repeat(title.length)));
}

/** `text` beside `start`, broken between words so that it ends at column 100, and going on below its own beginning. */
export function beside(start: string, text: string, style = (part: string) => part): void {
  const width = COLUMNS_MAX - start.length;
  let rest = text;
  let margin = start;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const at = space > 0 ? space : width;
    line(margin + style(rest.slice(0, at)));
    rest = rest.slice(at).trimStart();
    margin = ' '.repeat(start.length);
  }
  line(rest === '' ? margin.trimEnd() : margin + style(rest));
}

/** Text as it stands on a phone's screen. */
export function screen(text: string): void {
  for (const part of text.split('\n')) beside('  | ', part);
}
