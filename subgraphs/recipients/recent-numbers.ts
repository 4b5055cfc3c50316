// What was just read of phone numbers, so that a number that many ask about is read once in a few seconds.
import type { Bus } from '../../platform/bus.ts';
import type { Clock } from '../../platform/clock.ts';
import type { CheckedCapability } from './domain/capability.ts';

/** How long another process's news may go unseen where the bus lost its hint. A report itself is believed for hours. */
const LIFE_MS = 5_000;
/** About 5 MB. */
const NUMBERS_MAX = 20_000;

export interface RecentNumbers {
  /** Those of the pseudonyms that were read lately and whose report has not run out. A pseudonym names its tenant too. */
  get(pseudonyms: readonly string[]): Map<string, CheckedCapability>;
  put(read: Iterable<readonly [string, CheckedCapability]>): void;
}

/** Forgets everything when anything changes among the recipients, here or in another process. */
export function createRecentNumbers({ bus, clock }: { bus: Bus; clock: Clock }): RecentNumbers {
  const recent = new Map<string, { capability: CheckedCapability; readAt: number }>();
  bus.listen('events:recipients', () => recent.clear());
  return {
    get(pseudonyms) {
      const now = clock.now();
      return new Map(
        pseudonyms.flatMap((pseudonym) => {
          const known = recent.get(pseudonym);
          if (known === undefined) return [];
          const holds = now < known.readAt + LIFE_MS && now < known.capability.expiresAt;
          return holds ? [[pseudonym, known.capability] as const] : [];
        }),
      );
    },
    put(read) {
      const readAt = clock.now();
      // Whole, since what is left of its life is short anyway.
      if (recent.size >= NUMBERS_MAX) recent.clear();
      for (const [pseudonym, capability] of read) recent.set(pseudonym, { capability, readAt });
    },
  };
}
