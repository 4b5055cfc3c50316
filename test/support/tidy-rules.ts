// What every file of the project keeps to, as a pure function from files to sentences about what is wrong.
import { importsOf, placeOf, takeApart, type Source, type SourceFile } from './source-text.ts';
import { forbiddenImports, importCircles } from './tidy-imports.ts';

const FOLDERS =
  /^(schema|crypto|platform|providers|simulator|bench|demo|subgraphs|gateway|test|docs)$/;
const ROOT_SOURCES = /^(main|wiring|parts|configuration|contracts|documents)\.ts$/;
const VAGUE_NAMES = /^(commons?|shared|utils?|helpers?|misc|base|managers?)$/;
const LINES_MAX = 300;

/** A pattern that may not occur. `only` and `except` choose the files by path. */
interface PatternRule {
  readonly look: 'code' | 'comments' | 'text';
  readonly pattern: RegExp;
  readonly sentence: string;
  readonly only?: RegExp;
  readonly except?: RegExp;
}

const PATTERNS: readonly PatternRule[] = [
  {
    look: 'code',
    pattern: /\bprocess\s*(\?\.|\.)\s*env\b|\bprocess\s*\[|\}\s*=\s*process\b/,
    except: /^platform\/config\.ts$|^test\/(support\/|faults\/size\.ts$)/,
    sentence: 'reads process.env, which only platform/config.ts does',
  },
  {
    look: 'code',
    pattern: /\bconsole\s*[.[]/,
    except: /^(platform\/log|main)\.ts$/,
    sentence: 'uses console, which only platform/log.ts and main.ts do',
  },
  {
    look: 'code',
    pattern:
      /\b(await|async|Date\.now|Math\.random|performance|setTimeout|setInterval|crypto|process)\b|\bDate\(\s*\)/,
    only: /^subgraphs\/[a-z]+\/domain\//,
    sentence: 'waits, tells the time or throws dice in a rule',
  },
  {
    look: 'text',
    // "Message", "channel", "template" and "delivery" are words of machinery too: refused only as names of rows.
    pattern: /(message|channel|template|delivery)_?(id|status|type|kind|row|table)s?(?![a-z])/i,
    only: /^platform\//,
    sentence: 'speaks of messaging in the machinery',
  },
  {
    look: 'comments',
    pattern: /\b(TODO|FIXME|XXX)\b/, // Only comments are looked at, so this line does not find itself.
    sentence: 'leaves work behind; do it or write it down elsewhere',
  },
  {
    look: 'code',
    pattern:
      /\b(test|it|describe)\s*\.\s*(only|skip|todo)\b|\b(fit|xit|xtest|fdescribe|xdescribe)\(/,
    sentence: 'switches tests off',
  },
  {
    look: 'code',
    pattern: /\bexport\s+default\b/,
    except: /^test\/support\/global-(setup|teardown)\.ts$/,
    sentence: 'has a default export; exports have names',
  },
];

/** Words that machinery has no use for, in any spelling of identifiers. */
const MESSAGING_WORDS = new Set(
  `recipient consent receipt suppression webhook handset phone otp
   imessage sms mms rcs smpp twilio whatsapp`.split(/\s+/),
);

const SQL =
  /\b(select|insert into|update|delete from|create|alter|drop|grant|truncate|from|join|references|into)\b/i;
const SQL_SCHEMA =
  /\b(recipients|consent|messages|delivery)"?\s*\.\s*"?[a-z_]|\bschema\s+(?:if not exists\s+)?(recipients|consent|messages|delivery)\b/gi;
const TABLE_SCHEMA = /\bschema:\s*'(recipients|consent|messages|delivery)'/g;

/** One sentence for everything that is wrong; empty when the project is tidy. Files that are not TypeScript are
 *  judged by their path alone. */
export function untidiness(files: readonly SourceFile[]): string[] {
  const sources = files.filter(({ path }) => path.endsWith('.ts')).map(takeApart);
  return [
    ...files.flatMap(({ path }) => wrongPlace(path)),
    ...sources.flatMap((source) => [
      ...wrongShape(source),
      ...wrongWords(source),
      ...foreignSchemas(source),
    ]),
    ...forbiddenImports(sources),
    ...importCircles(sources),
  ];
}

function wrongPlace(path: string): string[] {
  const [top = '', ...below] = path.split('/');
  const placed =
    below.length > 0 ? FOLDERS.test(top) : !top.endsWith('.ts') || ROOT_SOURCES.test(top);
  const vague = path.split(/[/.-]/).find((word) => VAGUE_NAMES.test(word));
  return [
    ...(placed ? [] : [`${path} has no place at the top level`]),
    ...(vague ? [`${path} is named "${vague}", which says nothing`] : []),
  ];
}

function wrongShape({ path, text }: Source): string[] {
  const lineCount = text.trimEnd().split('\n').length;
  return [
    ...(/^\/\/ \S.*\.\n/.test(text) ? [] : [`${path} does not begin with a sentence about itself`]),
    ...(lineCount > LINES_MAX ? [`${path} has ${lineCount} lines, more than ${LINES_MAX}`] : []),
  ];
}

function wrongWords(source: Source): string[] {
  const { path } = source;
  const found = PATTERNS.flatMap(({ look, pattern, sentence, only, except }) => {
    if (except?.test(path) || (only && !only.test(path))) return [];
    const match = pattern.exec(source[look]);
    return match ? [`${placeOf(source, match.index)} ${sentence}`] : [];
  });
  if (importsOf(source).some(({ target }) => /^(node:)?process$/.test(target))) {
    found.push(`${path} imports process, which hides where the environment is read`);
  }
  if (!path.startsWith('platform/')) return found;
  for (const match of source.text.matchAll(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g)) {
    const word = match[0].toLowerCase();
    if (MESSAGING_WORDS.has(word) || MESSAGING_WORDS.has(word.replace(/s$/, ''))) {
      found.push(
        `${placeOf(source, match.index)} speaks of messaging in the machinery: ${match[0]}`,
      );
    }
  }
  return found;
}

/** A PostgreSQL schema belongs to the subgraph of its name; tests and benchmarks may look into all of them. */
function foreignSchemas(source: Source): string[] {
  if (/^(test|bench)\//.test(source.path)) return [];
  const own = /^subgraphs\/([a-z]+)\//.exec(source.path)?.[1];
  const inSql = source.strings
    .filter(({ text }) => SQL.test(text))
    .flatMap(({ text, index }) =>
      [...text.matchAll(SQL_SCHEMA)].map((match) => ({
        name: (match[1] ?? match[2] ?? '').toLowerCase(),
        index: index + match.index,
      })),
    );
  const inTables = [...source.text.matchAll(TABLE_SCHEMA)].map((match) => ({
    name: match[1] ?? '',
    index: match.index,
  }));
  return [...inSql, ...inTables]
    .filter(({ name }) => name !== own)
    .map(({ name, index }) => `${placeOf(source, index)} names the PostgreSQL schema ${name}`);
}
