// The question that consent answers: may we send? Asked in the transaction that claims what is sent.
import type { Transaction } from '../../platform/database.ts';
import type { Channel, Purpose } from '../../schema/vocabulary.ts';
import { decideConsent, type ConsentDecision } from './domain/consent-decision.ts';
import { loadStanding } from './store/load-standing.ts';

export interface ConsentQuestion {
  readonly tenantId: string;
  /** The pseudonym of the address, or the recipient's public id for a channel without one. */
  readonly subject: string;
  readonly purpose: Purpose;
  readonly channel: Channel;
  /** Whose rules apply: a country by ISO 3166, or one of its parts. Null: unknown, and the strictest apply. */
  readonly region: string | null;
}

/** Reads with the asker's role under the grant of index.ts, so the answer holds for what the transaction claims. The
 *  decisions stand in the order of the questions, in one statement for any number of them; none for none. `consentId` is
 *  the UUID of the record that was relied upon. now: milliseconds since 1970. A database that does not answer throws,
 *  and nothing is sent. */
export async function askConsent(
  tx: Transaction,
  questions: readonly ConsentQuestion[],
  now: number,
): Promise<readonly ConsentDecision[]> {
  const facts = await loadStanding(tx, questions, now);
  return questions.map((question, index) =>
    decideConsent(facts[index] ?? UNANSWERED, question, now),
  );
}

const UNANSWERED = { suppressed: true, standing: [] };
