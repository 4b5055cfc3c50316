// Reads what an app tells of a push that came to it: `{ "type": "delivered" }` at the URL that the push itself brought.
import { DeliveryEventType } from '../../schema/vocabulary.ts';
import { claimedAttempt, isProven, type UrlProof } from '../attempt-url.ts';
import type { ProviderEvent, RawCallback, Verification } from '../provider.ts';
import { jsonObject, textOrNull } from '../wire.ts';

const typeByWord: ReadonlyMap<string, DeliveryEventType> = new Map([
  // The app has it, and shows it.
  ['delivered', DeliveryEventType.DELIVERED],
  // The person opened what it leads to.
  ['read', DeliveryEventType.READ],
  // The person tapped it, or an action that opens a page.
  ['clicked', DeliveryEventType.CLICKED],
  // The person tapped an action that is an answer.
  ['replied', DeliveryEventType.REPLIED],
]);
const WORD_CHARACTERS_MAX = 64;

/** The URL is the proof: it came sealed to the person's own app, which alone can bring it back. It names its attempt and
 *  no kind of receipt, so an app may claim of its own message what it likes, and of no other. */
export function verify(callback: RawCallback, proof: UrlProof): Verification {
  if (!isProven(callback.url, proof)) return { kind: 'forged', reason: 'the URL is none of ours' };
  if (wordIn(callback) === null) return { kind: 'forged', reason: 'the body names no type' };
  return { kind: 'genuine' };
}

/** One event, or none for junk. The app's clock is anybody's, so the time is that of the arrival. */
export function events(callback: RawCallback): readonly ProviderEvent[] {
  const attemptId = claimedAttempt(callback.url);
  const word = wordIn(callback);
  if (attemptId === null || word === null) return [];
  return [
    {
      dedupeKey: `${attemptId}:${word}`,
      attemptId,
      providerMessageId: null,
      providerEventId: null,
      type: typeByWord.get(word) ?? null,
      failureCode: null,
      providerCode: word,
      occurredAt: null,
    },
  ];
}

function wordIn({ body }: RawCallback): string | null {
  const word = textOrNull(jsonObject(body)?.['type']);
  return word === null || word.length > WORD_CHARACTERS_MAX ? null : word;
}
