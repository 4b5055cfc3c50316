// A TypeScript source taken apart: its code without what is quoted, its comments, its strings, its imports.
import { posix } from 'node:path';

export interface SourceFile {
  /** From the root of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Source extends SourceFile {
  /** Same length and lines as `text`, with comments and the insides of strings and patterns blanked. */
  readonly code: string;
  /** The same for comments: everything else is blanked. */
  readonly comments: string;
  readonly strings: readonly { readonly text: string; readonly index: number }[];
}

const REGULAR_EXPRESSION =
  /(?<=[([{,;=:!&|?>]\s*|\breturn\s+|^\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//;
const TOKEN = new RegExp(
  [
    String.raw`\/\/[^\n]*|\/\*[^]*?\*\/`,
    String.raw`'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"`,
    String.raw`\x60(?:\\[^]|[^\\\x60])*\x60`,
    REGULAR_EXPRESSION.source,
  ].join('|'),
  'gm',
);
const IMPORT = /\b(?:(?:import|export)\s+(type\s)?[^;'"]*?\bfrom\s*|import\s*\(?\s*)(['"])( *)\2/g;

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
/** What `${}` holds is code. */
const blankTemplate = (text: string): string =>
  text.replace(/\$\{[^}]*\}|[^\n]/g, (part) => (part.startsWith('${') ? part : ' '));

/** Good enough for formatted code; a template inside a template is taken for two templates. */
export function takeApart({ path, text }: SourceFile): Source {
  const strings: { text: string; index: number }[] = [];
  let comments = '';
  let end = 0;
  const code = text.replace(TOKEN, (token, index: number) => {
    const comment = token.startsWith('//') || token.startsWith('/*');
    comments += blank(text.slice(end, index)) + (comment ? token : blank(token));
    end = index + token.length;
    if (comment) return blank(token);
    const [quote = ''] = token;
    if (quote === '/') return blank(token);
    strings.push({ text: token.slice(1, -1), index });
    const inside = token.slice(1, -1);
    return quote + (quote === '`' ? blankTemplate(inside) : blank(inside)) + quote;
  });
  return { path, text, code, comments: comments + blank(text.slice(end)), strings };
}

export interface Import {
  /** A path from the root of the project, or a package's name. */
  readonly target: string;
  readonly relative: boolean;
  /** `import type`: gone after compilation. */
  readonly typeOnly: boolean;
}

/** Static imports and exports, imports with effects, and `import('literal')`. */
export function importsOf({ path, text, code }: Source): Import[] {
  return [...code.matchAll(IMPORT)].map((match) => {
    const end = match.index + match[0].length - 1;
    const name = text.slice(end - (match[3]?.length ?? 0), end);
    const relative = name.startsWith('.');
    const target = relative ? posix.join(posix.dirname(path), name) : name;
    return { target, relative, typeOnly: match[1] !== undefined };
  });
}

/** `path:line` of a position, as editors open it. */
export function placeOf({ path, text }: SourceFile, index: number): string {
  return `${path}:${text.slice(0, index).split('\n').length}`;
}
