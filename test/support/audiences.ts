// Crowds that a filter can name, of people who permit what is sent to them and people who never said anything.
import type { Sending } from './sending.ts';

export interface Audience {
  readonly filter: { readonly carrier: string };
  readonly permitting: readonly string[];
  readonly silent: readonly string[];
}

const ROWS = 300;

/** Makes crowds whose first ones permit what the template is for. */
export function audiencesOf(
  sending: Pick<Sending, 'people'>,
): (permitting: number, silent: number) => Promise<Audience> {
  let carriers = 0;
  let last = 2_000_000;
  const crowd = async (size: number, carrier: string) => {
    const ids: string[] = [];
    for (let from = 0; from < size; from += ROWS) {
      const rows = Array.from({ length: Math.min(ROWS, size - from) }, () => {
        last += 1;
        return { phone: `+1415${last}`, carrier };
      });
      const { data } = await sending.people.ask(
        'recipients',
        `mutation ($input: ImportRecipientsInput!) { importRecipients(input: $input) { results { recipientId } } }`,
        { input: { rows } },
      );
      const { results } = data.importRecipients;
      ids.push(...results.map((row: { recipientId: string }) => row.recipientId));
    }
    return ids;
  };
  return async (permitting, silent) => {
    carriers += 1;
    const carrier = `carrier-${carriers}`;
    const willing = await crowd(permitting, carrier);
    await permit(sending, willing, 'GRANTED');
    return { filter: { carrier }, permitting: willing, silent: await crowd(silent, carrier) };
  };
}

/** What people say of transactional SMS. */
export async function permit(
  { people }: Pick<Sending, 'people'>,
  ids: readonly string[],
  action: 'GRANTED' | 'WITHDRAWN',
): Promise<void> {
  const consent = {
    purpose: 'TRANSACTIONAL',
    channels: ['SMS'],
    jurisdiction: 'US',
    method: 'FORM',
    policyVersion: '1',
    source: 'WEB',
    action,
  };
  for (let from = 0; from < ids.length; from += ROWS) {
    const rows = ids.slice(from, from + ROWS).map((recipientId) => ({ ...consent, recipientId }));
    const { data, errors } = await people.ask(
      'consent',
      `mutation ($input: ImportConsentsInput!) { importConsents(input: $input) {
         results { errors { __typename ... on UserError { message } } } errors { __typename } } }`,
      { input: { rows } },
    );
    const refused = data?.importConsents.results.some(
      (row: { errors: object[] }) => row.errors.length,
    );
    if (refused !== false) throw new Error(JSON.stringify(errors ?? data));
  }
}
