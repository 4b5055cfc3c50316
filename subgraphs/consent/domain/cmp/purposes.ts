// What a sender's purposes mean here: each is mapped, or said to be none of ours; what is neither is not guessed.
import type { Channel, ConsentAction, Purpose } from '../../../../schema/vocabulary.ts';
import { refusal, type CmpChoice, type CmpRefusal } from './cmp-event.ts';

export interface PurposeMeaning {
  /** As the sender names it. */
  readonly code: string;
  /** Null: it concerns other things, such as cookies, and is passed over. */
  readonly purpose: Purpose | null;
  /** None exactly where there is no purpose. */
  readonly channels: readonly Channel[];
}

/** A choice in our words: about the channels of one purpose. */
export interface MappedChoice {
  readonly purpose: Purpose;
  readonly channels: readonly Channel[];
  readonly action: ConsentAction;
  readonly occurredAt: number | null;
  readonly expiresAt: number | null;
}

/** All choices, or why none is taken: a purpose that nobody mapped, or two choices that cannot both stand. */
export function mapChoices(
  choices: readonly CmpChoice[],
  meanings: readonly PurposeMeaning[],
): readonly MappedChoice[] | CmpRefusal {
  const meaningOf = new Map(meanings.map((meaning) => [meaning.code, meaning]));
  const said = new Map<string, ConsentAction>();
  const mapped: MappedChoice[] = [];
  for (const { code, path, ...choice } of choices) {
    const meaning = meaningOf.get(code);
    if (meaning === undefined) {
      return refusal('PURPOSE_UNKNOWN', path, 'This purpose is mapped to none of the tenant’s.');
    }
    const { purpose, channels } = meaning;
    if (purpose === null) continue;
    for (const channel of channels) {
      const place = `${purpose} ${channel}`;
      if ((said.get(place) ?? choice.action) !== choice.action) {
        const sentence = 'Two choices of the event contradict each other.';
        return refusal('CHOICES_CONTRADICT', path, sentence);
      }
      said.set(place, choice.action);
    }
    mapped.push({ ...choice, purpose, channels });
  }
  return mapped;
}

/** What is wrong with a mapping; null when nothing is. */
export function checkMeanings(meanings: readonly PurposeMeaning[]): string | null {
  const codes = meanings.map(({ code }) => code);
  if (new Set(codes).size !== codes.length) return 'Each code is mapped once.';
  const paired = meanings.every(
    ({ purpose, channels }) =>
      (purpose === null) === (channels.length === 0) && new Set(channels).size === channels.length,
  );
  return paired ? null : 'A purpose has channels, each once; a code without a purpose has none.';
}
