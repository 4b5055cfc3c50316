// What a suggestion carries, so that its tap names the attempt and the kind of tap: Google's event says neither.
import { DeliveryEventType } from '../../schema/vocabulary.ts';
import type { CardAction } from '../provider.ts';
import { attemptIdOrNull } from '../wire.ts';

// `c` for a click, `r` for a reply; then the attempt id; then the postback as the renderer gave it.
const SHAPE = /^([cr]):([0-9a-f-]{36}):(.*)$/s;

export interface Tap {
  readonly attemptId: string;
  readonly type: 'CLICKED' | 'REPLIED';
  readonly postback: string;
}

export function postbackOf(action: CardAction, attemptId: string): string {
  return `${action.kind === 'reply' ? 'r' : 'c'}:${attemptId}:${action.postback}`;
}

/** Null for a postback that this adapter did not make. */
export function readPostback(postbackData: string): Tap | null {
  const [, kind, id, postback] = SHAPE.exec(postbackData) ?? [];
  const attemptId = attemptIdOrNull(id);
  if (attemptId === null || postback === undefined) return null;
  const type = kind === 'r' ? DeliveryEventType.REPLIED : DeliveryEventType.CLICKED;
  return { attemptId, type, postback };
}
