// A crowd for benchmarks: people and their consents, by the ways that users have.
import type { Json, RunningPlatform } from './processes.ts';

export interface Crowd {
  readonly recipientIds: readonly string[];
  readonly recipientsPerSecond: number;
  readonly consentsPerSecond: number;
}

const CHANNELS = ['RCS', 'SMS', 'EMAIL'];
const CONSENT_ROWS = 330;

export const phoneOf = (n: number): string => `+1415${String(2_000_000 + n)}`;

/** `people` recipients with a phone and an email each, and a consent for each of three channels. */
export async function gatherCrowd(platform: RunningPlatform, people: number): Promise<Crowd> {
  const startedAt = performance.now();
  const recipientIds = await importPeople(platform, people);
  const importedAt = performance.now();
  for (let from = 0; from < people; from += CONSENT_ROWS) {
    await importConsents(platform, recipientIds.slice(from, from + CONSENT_ROWS));
  }
  const seconds = (from: number, to: number) => (to - from) / 1_000;
  return {
    recipientIds,
    recipientsPerSecond: Math.round(people / seconds(startedAt, importedAt)),
    consentsPerSecond: Math.round(
      (people * CHANNELS.length) / seconds(importedAt, performance.now()),
    ),
  };
}

async function importPeople({ url, token }: RunningPlatform, people: number): Promise<string[]> {
  const rows = Array.from({ length: people }, (_, n) =>
    JSON.stringify({ externalId: `crowd-${n}`, phone: phoneOf(n), email: `p${n}@example.com` }),
  );
  const answer = await fetch(`${url}/recipients/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
    body: rows.join('\n'),
  });
  const lines = (await answer.text()).trim().split('\n');
  const results = lines.map((line) => JSON.parse(line) as Json);
  const last = results.pop();
  if (last?.counts?.CREATED !== people) throw new Error(`void: ${JSON.stringify(last)}`);
  return results.map(({ recipientId }) => recipientId as string);
}

async function importConsents(platform: RunningPlatform, ids: readonly string[]): Promise<void> {
  const { importConsents: answer } = await platform.ask(
    `mutation ($input: ImportConsentsInput!) { importConsents(input: $input) {
       results { errors { __typename } } errors { __typename } } }`,
    {
      input: {
        rows: ids.map((recipientId) => ({
          recipientId,
          purpose: 'MARKETING',
          channels: CHANNELS,
          jurisdiction: 'US',
          method: 'CHECKBOX',
          policyVersion: '1',
          source: 'WEB',
          action: 'GRANTED',
        })),
      },
    },
  );
  const refused = answer.results.filter((result: Json) => result.errors.length > 0);
  if (answer.errors.length + refused.length > 0) throw new Error('void: a consent was refused');
}
