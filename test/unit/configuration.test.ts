// Options that depend on each other: what is for development alone is refused in production.
import { describe, expect, test } from '@jest/globals';
import { configuration, crmTargetsAnywhere } from '../../configuration.ts';
import { ConfigurationError, readConfig } from '../../platform/config.ts';

const read = (env: Record<string, string>) => readConfig(configuration, env);

describe('the systems that tenants name', () => {
  test('are public ones unless development says otherwise', () => {
    expect(crmTargetsAnywhere(read({}))).toBe(false);
    expect(crmTargetsAnywhere(read({ CRM_TARGETS: 'any' }))).toBe(true);
  });

  test('are never anywhere in production', () => {
    const production = { PARLEY_ENV: 'production' };
    expect(crmTargetsAnywhere(read(production))).toBe(false);
    const reading = () => crmTargetsAnywhere(read({ ...production, CRM_TARGETS: 'any' }));
    expect(reading).toThrow(ConfigurationError);
  });
});
