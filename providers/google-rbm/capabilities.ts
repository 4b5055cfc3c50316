// Asks Google what phones can do, a bounded number at a time: only its own "not found" means no.
import { Tristate } from '../../schema/vocabulary.ts';
import { assert } from '../../platform/assert.ts';
import type { HttpAnswer } from '../../platform/http-client.ts';
import type { CapabilityReport } from '../provider.ts';
import { jsonObject, objectOrNull, textOrNull } from '../wire.ts';

const ADDRESSES_MAX = 100;
const CONCURRENT_MAX = 10;

/** Asks about one address; null where no answer came. */
export type AskCapability = (address: string) => Promise<HttpAnswer | null>;

/** One report for each address; UNKNOWN where the answer is anything but Google's yes or no. */
export async function askCapabilities(
  addresses: readonly string[],
  ask: AskCapability,
): Promise<ReadonlyMap<string, CapabilityReport>> {
  assert(addresses.length <= ADDRESSES_MAX, `at most ${ADDRESSES_MAX} addresses a call`);
  const reports = new Map<string, CapabilityReport>();
  const waiting = addresses.values();
  const worker = async (): Promise<void> => {
    for (const address of waiting) reports.set(address, readReport(await ask(address)));
  };
  await Promise.all(Array.from({ length: CONCURRENT_MAX }, worker));
  return reports;
}

export function capabilityPath(address: string, requestId: string, agentId: string): string {
  const query = new URLSearchParams({ requestId, agentId });
  return `/v1/phones/${encodeURIComponent(address)}/capabilities?${query}`;
}

const unknown: CapabilityReport = { supported: Tristate.UNKNOWN, features: [], carrier: null };

// 404 stands for a phone without RCS, but a wrong address of ours is answered 404 as well, in HTML:
// only the API's own envelope is believed.
function readReport(answer: HttpAnswer | null): CapabilityReport {
  const body = answer === null ? null : jsonObject(answer.body);
  if (answer === null || body === null) return unknown;
  if (answer.status === 404 && objectOrNull(body['error'])?.['code'] === 404) {
    return { ...unknown, supported: Tristate.NO };
  }
  const features = body['features'];
  if (answer.status !== 200 || !Array.isArray(features)) return unknown;
  return {
    supported: Tristate.YES,
    features: features.filter((feature) => typeof feature === 'string'),
    carrier: textOrNull(body['carrier']),
  };
}
