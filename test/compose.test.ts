// The parts apart under compose: every variable is an option, every role runs once, and each waits for what it needs.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { configuration, SUBGRAPHS } from '../configuration.ts';
import type { Options } from '../platform/config.ts';
import type { Json } from './support/parley.ts';

describe('docker-compose.yml', () => {
  let text: string;
  let services: Record<string, Json>;

  beforeAll(async () => {
    text = await readFile(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
    services = (parse(text, { merge: true }) as Json).services as Record<string, Json>;
  });

  const ours = (): [string, Json][] => Object.entries(services).filter(([, { build }]) => build);

  it('sets no variable that is not an option', () => {
    const groups = Object.values(configuration) as Options[];
    const known = new Set(
      groups.flatMap((group) => Object.values(group).map(({ variable }) => variable)),
    );
    for (const [name, { environment }] of ours()) {
      const unknown = Object.keys(environment).filter((variable) => !known.has(variable));
      expect({ name, unknown }).toEqual({ name, unknown: [] });
    }
  });

  it('runs every role once', () => {
    const roles = ours().flatMap(([, { environment }]) => environment.ROLES ?? []);
    expect(new Set(roles)).toEqual(new Set(['gateway', 'workers', ...SUBGRAPHS]));
    expect(roles).toHaveLength(SUBGRAPHS.length + 2);
  });

  it('tells the gateway where each part is', () => {
    const { environment } = services['gateway'];
    for (const name of SUBGRAPHS) {
      expect(environment[`${name.toUpperCase()}_URL`]).toBe(`http://${name}:4000`);
    }
  });

  it('migrates before any part starts, and after the database is there', () => {
    expect(services['migrate'].depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    for (const name of [...SUBGRAPHS, 'workers']) {
      const { migrate } = services[name].depends_on;
      expect(migrate).toEqual({ condition: 'service_completed_successfully' });
    }
  });

  it('has no password of its own', () => {
    for (const [, value = ''] of text.matchAll(/(?:PASSWORD|KEY|TOKENS): (.*)/g)) {
      expect(value).toMatch(/^\$\{/);
    }
  });
});
