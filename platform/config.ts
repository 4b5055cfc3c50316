// Every option is declared once: its variable, type, unit, default and sentence. The only reader of process.env.

/** One declared option. `parse` returns the value or throws a sentence that says what would be right. */
export interface Option<T> {
  readonly variable: string;
  readonly kind: string;
  readonly fallback: T;
  readonly sentence: string;
  readonly secret: boolean;
  parse(text: string): T;
}
export type Options = Readonly<Record<string, Option<unknown>>>;
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

/** Everything that is wrong with the configuration, in one error. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}

/** A value that prints as `***`, in logs and in JSON. `reveal()` is called where it is used. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

function whole(kind: string, variable: string, fallback: number, bounds: Bounds, sentence: string) {
  const parse = (raw: string): number => {
    const value = Number(raw);
    if (!Number.isInteger(value) || value < bounds.min || value > bounds.max) {
      throw new Error(`must be a whole number from ${bounds.min} to ${bounds.max}`);
    }
    return value;
  };
  return { variable, kind, fallback, sentence, secret: false, parse } satisfies Option<number>;
}

export const integer = (variable: string, fallback: number, bounds: Bounds, sentence: string) =>
  whole('integer', variable, fallback, bounds, sentence);
export const seconds = (variable: string, fallback: number, bounds: Bounds, sentence: string) =>
  whole('seconds', variable, fallback, bounds, sentence);
export const milliseconds = (
  variable: string,
  fallback: number,
  bounds: Bounds,
  sentence: string,
) => whole('milliseconds', variable, fallback, bounds, sentence);
export const hours = (variable: string, fallback: number, bounds: Bounds, sentence: string) =>
  whole('hours', variable, fallback, bounds, sentence);
export const days = (variable: string, fallback: number, bounds: Bounds, sentence: string) =>
  whole('days', variable, fallback, bounds, sentence);
export const bytes = (variable: string, fallback: number, bounds: Bounds, sentence: string) =>
  whole('bytes', variable, fallback, bounds, sentence);

export function text(variable: string, fallback: string, sentence: string): Option<string> {
  return { variable, kind: 'text', fallback, sentence, secret: false, parse: (raw) => raw };
}

/** Absent means null. */
export function secret(variable: string, sentence: string): Option<Secret | null> {
  return {
    variable,
    kind: 'secret',
    fallback: null,
    sentence,
    secret: true,
    parse: (raw) => new Secret(raw),
  };
}

/** An http(s), ws(s) or postgres URL without a trailing slash; absent means null. */
export function url(variable: string, sentence: string): Option<string | null> {
  const parse = (raw: string): string => {
    if (!URL.canParse(raw)) throw new Error('must be a URL');
    return raw.replace(/\/+$/, '');
  };
  return { variable, kind: 'url', fallback: null, sentence, secret: false, parse };
}

export function choice<const T extends string>(
  variable: string,
  allowed: readonly T[],
  fallback: T,
  sentence: string,
): Option<T> {
  const parse = (raw: string): T => {
    const found = allowed.find((value) => value === raw);
    if (found === undefined) throw new Error(`must be one of ${allowed.join(', ')}`);
    return found;
  };
  return { variable, kind: allowed.join(' | '), fallback, sentence, secret: false, parse };
}

/** A comma-separated subset of `allowed`. */
export function list<const T extends string>(
  variable: string,
  allowed: readonly T[],
  fallback: readonly T[],
  sentence: string,
): Option<readonly T[]> {
  const parse = (raw: string): readonly T[] => {
    const names = raw.split(',').map((name) => name.trim());
    const wrong = names.filter((name) => !allowed.includes(name as T));
    if (wrong.length > 0)
      throw new Error(`has no ${wrong.join(', ')}; it takes ${allowed.join(', ')}`);
    return names as T[];
  };
  return {
    variable,
    kind: `list of ${allowed.join(', ')}`,
    fallback,
    sentence,
    secret: false,
    parse,
  };
}

/** The process's environment with some variables replaced: for a start that makes up part of its configuration. */
export function environmentWith(
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string | undefined>> {
  return { ...process.env, ...variables };
}

/** Reads all option groups at once and freezes the result; throws one ConfigurationError that lists every bad value. */
export function readConfig<G extends Readonly<Record<string, Options>>>(
  groups: G,
  env: Readonly<Record<string, string | undefined>> = process.env,
): { readonly [K in keyof G]: Values<G[K]> } {
  const wrong: string[] = [];
  const result: Record<string, Record<string, unknown>> = {};
  for (const [group, options] of Object.entries(groups)) {
    const values: Record<string, unknown> = {};
    for (const [name, option] of Object.entries(options)) {
      const raw = env[option.variable];
      try {
        values[name] = raw === undefined || raw === '' ? option.fallback : option.parse(raw);
      } catch (error) {
        wrong.push(`${option.variable} ${(error as Error).message}`);
      }
    }
    result[group] = Object.freeze(values);
  }
  if (wrong.length > 0) throw new ConfigurationError(`Configuration: ${wrong.join('; ')}.`);
  return Object.freeze(result) as { readonly [K in keyof G]: Values<G[K]> };
}
