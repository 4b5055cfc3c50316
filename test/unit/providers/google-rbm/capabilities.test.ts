// What Google's answers about a phone are taken for, and how many are asked for at once.
import { expect, test } from '@jest/globals';
import type { HttpAnswer } from '../../../../platform/http-client.ts';
import { askCapabilities } from '../../../../providers/google-rbm/capabilities.ts';
import { sample } from '../../../support/samples.ts';

const answer = (status: number, body: string | object): HttpAnswer => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: {}, body: Buffer.from(text) };
};
const official = sample<{ features: string[] }>('google-rbm/capabilities-response');

test.each<[string, HttpAnswer | null, string]>([
  ['the published answer', answer(200, official), 'YES'],
  ['no feature at all', answer(200, { features: [] }), 'YES'],
  ['not found, in the words of the API', answer(404, { error: { code: 404 } }), 'NO'],
  ['not found, as a page', answer(404, '<html>Not Found</html>'), 'UNKNOWN'],
  ['not found, in the words of somebody else', answer(404, { message: 'no route' }), 'UNKNOWN'],
  ['forbidden', answer(403, { error: { code: 403 } }), 'UNKNOWN'],
  ['throttled', answer(429, { error: { code: 429 } }), 'UNKNOWN'],
  ['a fault', answer(500, { error: { code: 500 } }), 'UNKNOWN'],
  ['a page', answer(200, '<html></html>'), 'UNKNOWN'],
  ['an object without features', answer(200, {}), 'UNKNOWN'],
  ['silence', null, 'UNKNOWN'],
])('%s says %3$s', async (_name, told, supported) => {
  const reports = await askCapabilities(['+1'], () => Promise.resolve(told));
  expect(reports.get('+1')).toMatchObject({ supported });
});

test('features are kept in the provider’s own names', async () => {
  const reports = await askCapabilities(['+1'], () => Promise.resolve(answer(200, official)));
  expect(reports.get('+1')?.features).toEqual(official.features);
});

test('a hundred phones are asked for, ten at once', async () => {
  const addresses = Array.from({ length: 100 }, (_, i) => `+${i}`);
  let underWay = 0;
  let most = 0;
  const reports = await askCapabilities(addresses, async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await Promise.resolve();
    underWay -= 1;
    return answer(200, official);
  });
  expect([...reports.keys()].toSorted()).toEqual(addresses.toSorted());
  expect(most).toBe(10);
});

test('more than a hundred are refused', async () => {
  const addresses = Array.from({ length: 101 }, (_, i) => `+${i}`);
  await expect(askCapabilities(addresses, () => Promise.resolve(null))).rejects.toThrow('100');
});
