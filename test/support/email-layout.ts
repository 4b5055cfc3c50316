// Compiles the layout of emails from MJML into the TypeScript that the renderer uses.
import { readFileSync } from 'node:fs';
import mjml2html from 'mjml';

/** Compiled to dist/test/support, so the project is three levels up. */
const FOLDER = new URL('../../../subgraphs/messages/domain/render/', import.meta.url);
const SOURCE = new URL('email.mjml', FOLDER);
export const EMAIL_LAYOUT = new URL('email-layout.ts', FOLDER);

/** The repeated and optional parts, in their order. */
const PARTS = ['heading', 'paragraph', 'button', 'footer'];

/** The text of email-layout.ts. Without web fonts: opening an email tells nobody. */
export async function compileEmailLayout(): Promise<string> {
  const source = readFileSync(SOURCE, 'utf8');
  const { html } = await mjml2html(source, { validationLevel: 'strict', fonts: {} });
  const lean = html.replaceAll(/\s*\n\s*/g, '\n').trim();
  const parts: [string, string][] = [];
  let rest = lean;
  for (const name of PARTS) {
    const [before, found] = rest.split(`<!--${name}-->`);
    const [part, after] = found?.split(`<!--/${name}-->`) ?? [];
    if (before === undefined || part === undefined || after === undefined) {
      throw new Error(`email.mjml has no part ${name}`);
    }
    if (name === PARTS[0]) parts.push(['head', before]);
    else if (before.trim() !== '') throw new Error(`there is something before the part ${name}`);
    parts.push([name, part]);
    rest = after;
  }
  parts.push(['tail', rest]);
  const properties = parts.map(([name, text]) => `  ${name}: ${JSON.stringify(text)},\n`);
  return [
    '// Compiled from email.mjml by `npm run email-layout`; not edited by hand.\n\n',
    '/** `{{ name }}` stands for an escaped value. */\n',
    `export const emailLayout = {\n${properties.join('')}} as const;\n`,
  ].join('');
}
