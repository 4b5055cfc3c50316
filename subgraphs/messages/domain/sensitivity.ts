// Which protections a channel can carry, and which of them a message may use, best first.
import type { Channel, Protection, Sensitivity } from '../../../schema/vocabulary.ts';

/** What each channel can carry. Business RCS is encrypted hop by hop; NATIVE_E2EE is there for a provider that says
 *  otherwise. SMS and email cannot carry an envelope: no app of ours opens it there. */
const CARRIES: Readonly<Record<Channel, readonly Protection[]>> = {
  RCS: ['NATIVE_E2EE', 'ENVELOPE', 'LINK_ONLY', 'CLEAR'],
  IMESSAGE: ['ENVELOPE', 'LINK_ONLY', 'CLEAR'],
  SMS: ['LINK_ONLY', 'CLEAR'],
  EMAIL: ['LINK_ONLY', 'CLEAR'],
  PUSH: ['ENVELOPE', 'LINK_ONLY', 'CLEAR'],
  LINK: ['LINK_ONLY'],
};

/** The protections that a channel's bubble, text or page can carry. */
export function carriedBy(channel: Channel): readonly Protection[] {
  return CARRIES[channel];
}

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
