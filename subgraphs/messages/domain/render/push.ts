// A push of canonical content: what a notification shows, and what it leads to.
import type { Content } from '../content.ts';
import type { TemplateAction } from '../template.ts';

export interface RenderedPush {
  readonly channel: 'PUSH';
  readonly title: string | null;
  readonly body: string;
  /** The secure link, which is what a tap opens; null where the notification says it all. */
  readonly url: string | null;
  /** Whether the link has an envelope, which the app opens with its device's key instead of showing the page. */
  readonly isSealed: boolean;
  readonly actions: readonly TemplateAction[];
}

/** What a push may say, as UTF-8: of the 3,993 bytes that a push service carries (RFC 8291 section 4) some are the
 *  message's id and the URL for receipts. */
const BYTES_MAX = 3_500;

export function renderPush(content: Content, { isSealed }: { isSealed: boolean }): RenderedPush {
  const { title, body, link: url, actions } = content;
  return { channel: 'PUSH', title, body, url, isSealed, actions };
}

export interface PushSize {
  readonly bytes: number;
  readonly bytesMax: number;
  readonly fits: boolean;
}

/** A push that does not fit is refused by its provider, and the message goes on by its next route. */
export function sizeOfPush({ title, body, url, isSealed, actions }: RenderedPush): PushSize {
  const said = JSON.stringify({ title, body, url, isSealed, actions });
  const bytes = new TextEncoder().encode(said).length;
  return { bytes, bytesMax: BYTES_MAX, fits: bytes <= BYTES_MAX };
}
