// Answers for many recipients at once whether they may be written to: what the gate would say now.
import { uuidOf } from '../../schema/ids.ts';
import type { Channel, Purpose } from '../../schema/vocabulary.ts';
import type { ConsentDeps } from './deps.ts';
import type { ConsentDecision } from './domain/consent-decision.ts';
import { askConsent, type ConsentQuestion } from './gate.ts';

export interface RecipientQuestion {
  /** `rcp_...` */
  readonly recipientId: string;
  readonly purpose: Purpose;
  readonly channel: Channel;
}

export type RecipientDecision = ConsentDecision & {
  /** Under which pseudonym it was looked up; null where there is no address. */
  readonly subject: string | null;
};

/** In the order of the questions, in two statements. Who is not known has no address. */
export async function decideConsents(
  { database, ports, clock }: ConsentDeps,
  tenantId: string,
  questions: readonly RecipientQuestion[],
): Promise<RecipientDecision[]> {
  const uuids = questions.map(({ recipientId }) => uuidOf('recipient', recipientId));
  const known = [...new Set(uuids.filter((uuid) => uuid !== null))];
  return database.read(tenantId, async (tx) => {
    const subjects = await ports.consentSubjects(tx, tenantId, known);
    const asked = questions.map(({ purpose, channel }, index): ConsentQuestion | null => {
      const ofRecipient = subjects.get(uuids[index] ?? '') ?? [];
      const found = ofRecipient.find((one) => one.channel === channel);
      if (found === undefined) return null;
      const { subject, region } = found;
      return { tenantId, subject, purpose, channel, region };
    });
    const decided = await askConsent(
      tx,
      asked.filter((question) => question !== null),
      clock.now(),
    );
    const answers = decided.values();
    return asked.map((question): RecipientDecision => {
      const decision = question === null ? undefined : answers.next().value;
      return { ...(decision ?? NO_ADDRESS), subject: question?.subject ?? null };
    });
  });
}

const NO_ADDRESS: ConsentDecision = {
  allowed: false,
  reason: 'NO_ADDRESS',
  consentId: null,
  policyVersion: null,
  expiresAt: null,
  ruleSet: 'STRICT',
};
