// How the demo speaks: sections, lines, and colours where a person reads them on a terminal.

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

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  for (const row of rows) {
    line(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
    );
  }
}

/** Text as it stands on a phone's screen. */
export function screen(text: string): void {
  for (const part of text.split('\n')) line(`  | ${part}`);
}
