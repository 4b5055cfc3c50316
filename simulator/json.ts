// Reads values out of JSON that a test or a demo sent, or says in one sentence what would be right.

/** The caller's mistake on the control surface or the command line. */
export class BadRequest extends Error {
  override name = 'BadRequest';
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function parseObject(text: string | Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text.toString());
  } catch {
    throw new BadRequest('the body must be JSON');
  }
  return objectIn(value, 'the body');
}

export function objectIn(value: unknown, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as JsonObject;
  throw new BadRequest(`${name} must be an object`);
}

/** Refuses names that nothing reads: a misspelt fault would otherwise test nothing. */
export function onlyKnown(object: JsonObject, known: readonly string[], name: string): void {
  const wrong = Object.keys(object).filter((key) => !known.includes(key));
  if (wrong.length > 0) throw new BadRequest(`${name} has no ${wrong.join(', ')}`);
}

export function numberIn(value: unknown, name: string, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && value >= 0 && value <= max) return value;
  throw new BadRequest(`${name} must be a number from 0 to ${max}`);
}

export function textIn(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new BadRequest(`${name} must be a text`);
}

export function flagIn(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new BadRequest(`${name} must be true or false`);
}

export function listIn(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new BadRequest(`${name} must be a list`);
}

/** A callback goes to this machine only: the simulator has no network of its own. */
export function isLoopback(url: string): boolean {
  const hostname = URL.canParse(url) ? new URL(url).hostname : '';
  return hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
}
