// A decision record and the words in it, as a newcomer reads them.
import type { Json, Platform } from './platform.ts';
import { beside, dim, green, line } from './telling.ts';

/** What a word of the schema means, in the schema's own sentence. */
export type Meaning = (word: string) => string;

/** Asks the API what the words of decisions and fallbacks mean. */
export async function learnWords(platform: Platform): Promise<Meaning> {
  const { protections, rejections, fallbacks } = await platform.ask(`{
    protections: __type(name: "Protection") { enumValues { name description } }
    rejections: __type(name: "RejectionReason") { enumValues { name description } }
    fallbacks: __type(name: "FallbackReason") { enumValues { name description } }
  }`);
  const sentences = new Map<string, string>(
    [protections, rejections, fallbacks].flatMap(({ enumValues }: Json) =>
      enumValues.map(({ name, description }: Json) => [name, description]),
    ),
  );
  return (word) => sentences.get(word) ?? word;
}

/** The best candidate of each channel that the template allows, then in short why the other ones were not taken. */
export function showDecision({ policyVersion, candidates }: Json, meaning: Meaning): void {
  const allowed = candidates.filter(
    ({ reasons }: Json) => !reasons.includes('CHANNEL_NOT_IN_TEMPLATE'),
  );
  // Ranked ones come first, and within a channel the strongest protection does.
  const best = allowed.filter(
    ({ channel }: Json, place: number) =>
      allowed.findIndex((other: Json) => other.channel === channel) === place,
  );
  line(dim(`  rank  route            score  why (policy ${policyVersion})`));
  for (const { channel, protection, score, rank, reasons } of best) {
    const route = `${channel} ${protection}`.padEnd(15);
    const start = `  ${String(rank ?? '-').padStart(4)}  ${route}  ${String(score).padStart(5)}  `;
    const why = reasons.length === 0 ? [protection] : reasons;
    beside(start, why.map(meaning).join(' '), rank === null ? undefined : green);
  }
  for (const [reason, routes] of byFirstReason(candidates, best)) {
    beside('     -  ', `${routes.join(', ')}: ${meaning(reason)}`, dim);
  }
}

function byFirstReason(candidates: readonly Json[], best: readonly Json[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const candidate of candidates) {
    const [reason] = candidate.reasons;
    if (reason === undefined || best.includes(candidate)) continue;
    const { channel, protection } = candidate;
    // A channel that the template leaves out is out whatever the protection.
    const route = reason === 'CHANNEL_NOT_IN_TEMPLATE' ? channel : `${channel} ${protection}`;
    groups.set(reason, [...(groups.get(reason) ?? []), route]);
  }
  return groups;
}
