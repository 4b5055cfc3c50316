// The gateway's options: which origins are understood, and that secrets do not print.
import { describe, expect, it } from '@jest/globals';
import { gatewayOptions } from '../../../gateway/options.ts';
import { readConfig } from '../../../platform/config.ts';

const read = (env: Record<string, string>) => readConfig({ gateway: gatewayOptions }, env).gateway;

describe('the options of the gateway', () => {
  it('take a list of origins', () => {
    const raw = 'https://a.test, http://localhost:3000';
    const origins = ['https://a.test', 'http://localhost:3000'];
    expect(read({ ALLOWED_ORIGINS: raw }).allowedOrigins).toEqual(origins);
    expect(read({}).allowedOrigins).toEqual([]);
  });

  it.each(['*', 'null', 'a.test', 'https://a.test/', 'https://a.test/path', 'https://a.test,,'])(
    'refuse %s as an origin',
    (raw) => {
      expect(() => read({ ALLOWED_ORIGINS: raw })).toThrow('ALLOWED_ORIGINS must be origins');
    },
  );

  it('do not print the signature key', () => {
    const settings = read({ GATEWAY_SIGNATURE_KEY: 'hunter2' });
    expect(JSON.stringify(settings)).not.toContain('hunter2');
    expect(settings.signatureKey?.reveal()).toBe('hunter2');
  });
});
