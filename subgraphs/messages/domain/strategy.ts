// How many ways a message goes at once. Pure.
import type { Channel } from '../../../schema/vocabulary.ts';
import type { Decision } from './decision.ts';
import { PARALLEL_CHANNELS, type Template } from './template.ts';

/** The decision with its plan divided into lines: the first routes go at once, as many as the template wants and the plan
 *  has; what is left of it they share as fallbacks. */
export function divide(decision: Decision, template: Template): Decision {
  if (template.strategy !== 'PARALLEL') return decision;
  const wanted = template.parallelChannels ?? PARALLEL_CHANNELS.min;
  const ranked = decision.candidates.filter(({ rank }) => rank !== null).length;
  return { ...decision, strategy: 'PARALLEL', lineCount: Math.min(wanted, ranked) };
}

/** The channel whose copy is the one to act upon; null where there is one copy only. */
export function primaryChannelOf({ lineCount = 1, candidates }: Decision): Channel | null {
  const first = candidates.find(({ rank }) => rank === 1);
  return lineCount > 1 && first !== undefined ? first.channel : null;
}
