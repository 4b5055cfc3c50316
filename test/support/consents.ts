// How tests speak to consent: what a person said, what is decided, and what is on record.
import { uuidOf } from '../../schema/ids.ts';
import { registered, type Asker, type People } from './people.ts';

const STATE = `id purpose channel action source method jurisdiction policyVersion
  occurredAt recordedAt expiresAt`;

export type Deed = 'recordConsent' | 'withdrawConsent';

export const consentMutation = (deed: Deed): string => {
  const input = deed === 'recordConsent' ? 'RecordConsentInput' : 'WithdrawConsentInput';
  return `mutation ($input: ${input}!) { ${deed}(input: $input) {
    consents { ${STATE} } replayed errors { __typename ... on UserError { code path message } } } }`;
};

/** A whole input of either deed, about transactional SMS unless told otherwise. */
export const said = (recipientId: string, over: object = {}) => ({
  recipientId,
  purpose: 'TRANSACTIONAL',
  channels: ['SMS'],
  source: 'WEB',
  method: 'CHECKBOX',
  jurisdiction: 'AT',
  policyVersion: '2026-11',
  ...over,
});

/** A row of the log, in its columns' names. */
export interface LoggedConsent {
  readonly id: string;
  readonly action: string;
  readonly channel: string;
  readonly subject: string;
  readonly linkage: string;
  readonly actor: string;
  readonly device_id: string | null;
}

export function consentsOf(people: People) {
  let nextNumber = 14155550000;
  const deed = async (name: Deed, input: object, asker?: Asker) => {
    const answer = await people.ask('consent', consentMutation(name), { input }, asker);
    if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
    return answer.data[name];
  };
  return {
    record: (input: object, asker?: Asker) => deed('recordConsent', input, asker),
    withdraw: (input: object, asker?: Asker) => deed('withdrawConsent', input, asker),
    async decide(recipientId: string, over: object = {}, asker?: Asker) {
      const question = { recipientId, purpose: 'TRANSACTIONAL', channel: 'SMS', ...over };
      const { data } = await people.ask(
        'consent',
        `query ($batch: [ConsentQuestionInput!]!) { consentDecisions(batch: $batch) {
           purpose channel allowed reason consentId } }`,
        { batch: [question] },
        asker,
      );
      return data.consentDecisions[0];
    },
    /** A person with a phone number and an email address of their own. */
    newPerson: (asker?: Asker): Promise<string> => {
      nextNumber += 1;
      const input = { phone: `+${nextNumber}`, email: `p${nextNumber}@example.com` };
      return registered(people, input, asker);
    },
    later: (ms: number): string => new Date(people.clock.time + ms).toISOString(),
    /** What is on record of a person, in the order of recording. */
    logged: (recipientId: string): Promise<LoggedConsent[]> =>
      people.sql('select * from consent.consent_event where recipient_id = $1 order by id', [
        uuidOf('recipient', recipientId),
      ]),
  };
}
