// Who may import whom: the picture of the architecture as a table, and the search for circles.
import { importsOf, type Source } from './source-text.ts';

const SUBGRAPH = 'subgraphs/([a-z]+)/';
/** Files beside the index of a subgraph: verbs, context, ports, facts. */
const ROOT = 'subgraphs/$1/(?!index\\.ts)[^/]+\\.ts$';
const OWN = 'subgraphs/$1/';
const CONTRACT = 'providers/provider\\.ts$';

/** The first row whose left side fits a file decides: it may import what one of the right sides fits, and the
 *  types (`import type`) of what `types` fits. `$1` is what the left side caught. */
interface Row {
  readonly from: string;
  readonly to: readonly string[];
  readonly types?: readonly string[];
  /** false refuses npm packages and `node:` as well. */
  readonly packages?: false;
}

const ROWS: readonly Row[] = [
  { from: 'main\\.ts$', to: [''] },
  { from: '(wiring|parts|contracts|documents)\\.ts$', to: ['(?!main\\.ts|test/)'] },
  {
    from: 'configuration\\.ts$',
    to: ['platform/', 'providers/index', '[^/]+/([a-z]+/)?options\\.ts$'],
  },
  { from: 'test/', to: [''] },

  { from: 'schema/vocabulary(-[a-z]+)?\\.ts$', to: [], packages: false },
  { from: 'schema/', to: ['schema/'] },
  { from: 'crypto/', to: ['crypto/'] },
  { from: 'platform/', to: ['platform/', 'crypto/', 'schema/error-codes\\.ts$'] },

  { from: 'providers/index\\.ts$', to: ['providers/', 'platform/', 'crypto/', 'schema/'] },
  {
    from: 'providers/([^/]+)/',
    to: ['providers/$1/', 'providers/(?!index)[^/]+\\.ts$', 'platform/', 'crypto/', 'schema/'],
  },
  {
    from: 'providers/',
    to: ['providers/(?!index)[^/]+\\.ts$', 'platform/', 'crypto/', 'schema/'],
  },

  {
    from: `${SUBGRAPH}domain/`,
    to: [
      `${OWN}domain/`,
      'schema/(vocabulary(-[a-z]+)?|ids|events)\\.ts$',
      'platform/assert\\.ts$',
    ],
    packages: false,
  },
  {
    from: `${SUBGRAPH}store/`,
    to: [
      `${OWN}store/`,
      'schema/',
      'platform/(assert|database|migrate|event-log|task-queue|retention|rate-limit)\\.ts$',
    ],
    types: [`${OWN}domain/`, 'crypto/'],
  },
  {
    from: `${SUBGRAPH}graphql/`,
    to: [`${OWN}(graphql|store|domain)/`, ROOT, 'platform/', 'schema/'],
  },
  {
    from: `${SUBGRAPH}http/`,
    to: [`${OWN}(http|domain)/`, ROOT, 'platform/', 'schema/'],
  },
  {
    from: `${SUBGRAPH}jobs/`,
    to: [`${OWN}(jobs|store|domain)/`, ROOT, CONTRACT, 'platform/', 'schema/'],
  },
  {
    from: `${SUBGRAPH}ports\\.ts$`,
    to: [`${OWN}domain/`, CONTRACT, 'platform/', 'schema/'],
  },
  {
    from: `${SUBGRAPH}context\\.ts$`,
    to: [`${OWN}(graphql|store|domain)/`, ROOT, CONTRACT, 'platform/', 'crypto/', 'schema/'],
  },
  {
    from: `${SUBGRAPH}index\\.ts$`,
    to: [OWN, CONTRACT, 'platform/', 'crypto/', 'schema/'],
  },
  {
    from: `${SUBGRAPH}[^/]+\\.ts$`,
    to: [`${OWN}(store|domain)/`, ROOT, CONTRACT, 'platform/', 'crypto/', 'schema/'],
  },

  { from: 'gateway/', to: ['gateway/', 'platform/', 'crypto/', 'schema/'] },
  { from: 'simulator/', to: ['simulator/', 'schema/vocabulary\\.ts$'] },
  {
    from: 'bench/',
    // From outside where it measures a service; a part by itself is measured through its verbs.
    to: ['(?!main\\.ts|wiring\\.ts|test/)'],
  },
  { from: 'demo/', to: ['demo/', 'crypto/', 'schema/'] },
];

/** Imports that the table does not allow, and files that no row covers. */
export function forbiddenImports(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const { path } = source;
    const row = ROWS.find(({ from }) => new RegExp(`^${from}`).test(path));
    if (!row) return [`${path} is in no row of the table of imports`];
    const [, caught = ''] = new RegExp(`^${row.from}`).exec(path) ?? [];
    const fits = (target: string, patterns: readonly string[] = []): boolean =>
      patterns.some((pattern) => new RegExp(`^${pattern.replace('$1', caught)}`).test(target));

    return importsOf(source).flatMap(({ target, relative, typeOnly }) => {
      if (!relative) {
        return row.packages === false ? [`${path} may not import the package ${target}`] : [];
      }
      if (!target.endsWith('.ts')) return [`${path} imports ${target} without the extension .ts`];
      if (fits(target, row.to) || (typeOnly && fits(target, row.types))) return [];
      const part = fits(target, row.types) ? ' more than types from' : '';
      return [`${path} may not import${part} ${target}`];
    });
  });
}

/** One sentence for each circle of imports, type imports included. */
export function importCircles(sources: readonly Source[]): string[] {
  const targets = new Map(
    sources.map((source) => [source.path, importsOf(source).map(({ target }) => target)]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) circles.push(`${[...way.slice(start), path].join(' -> ')} is a circle`);
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return circles;
}
