// Which protections a message may use, best first.
import type { Protection, Sensitivity } from '../../../schema/vocabulary.ts';

/** How a message ranks protections. HIGH never ranks CLEAR. Where nothing is sensitive, a text that can be read at a
 *  glance beats a link. */
export function rankProtections(
  sensitivity: Sensitivity,
  hasSensitiveValues: boolean,
): readonly Protection[] {
  if (sensitivity === 'HIGH') return ['NATIVE_E2EE', 'ENVELOPE', 'LINK_ONLY'];
  if (sensitivity === 'MEDIUM' && hasSensitiveValues) {
    return ['NATIVE_E2EE', 'ENVELOPE', 'CLEAR', 'LINK_ONLY'];
  }
  return ['NATIVE_E2EE', 'CLEAR', 'ENVELOPE', 'LINK_ONLY'];
}
