// Marketing on a real database: an approved offer, people in a place who agreed to it, and what became of what they were sent.
import { randomUUID } from 'node:crypto';
import { uuidOf } from '../../schema/ids.ts';
import { refreshDue } from '../../subgraphs/recipients/jobs/refresh-stale-capabilities.ts';
import { registered, type Answer } from './people.ts';
import type { Sending } from './sending.ts';

export const OFFER = 'offer';

/** What to call when tests send offers by RCS and SMS. Texts are English, for readers in the US. */
export interface Offers {
  /** Somebody with this profile, whom both channels reach and who agreed to marketing: the public id. */
  newReader(profile: object): Promise<string>;
  /** What `sendMessage` answers for an offer. */
  send(recipientId: string, more?: object): Promise<Answer['data']>;
  /** When the message's next step is due, in milliseconds from now by the database's clock. */
  dueInMs(recipientId: string): Promise<number>;
  /** Makes the next steps of all messages due. */
  makeDue(): Promise<void>;
}

export async function startOffers({ ask, people }: Sending): Promise<Offers> {
  await approveOffer(ask);
  let last = 14155560100;
  return {
    async newReader(profile) {
      last += 1;
      const recipientId = await registered(people, { phone: `+${last}`, ...profile });
      await refreshDue(people.work);
      await people.ask(
        'consent',
        `mutation ($input: RecordConsentInput!) { recordConsent(input: $input) { errors { __typename } } }`,
        {
          input: {
            recipientId,
            purpose: 'MARKETING',
            channels: ['RCS', 'SMS'],
            jurisdiction: 'US',
            method: 'CHECKBOX',
            policyVersion: '1',
            source: 'WEB',
          },
        },
      );
      return recipientId;
    },
    async send(recipientId, more = {}) {
      const { sendMessage } = await ask(
        `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
           message { id sendAt expiresAt decision { candidates { channel rank reasons } } }
           errors { __typename ... on NoRoute { decision { candidates { channel reasons } } } } } }`,
        { input: { idempotencyKey: randomUUID(), recipientId, template: OFFER, ...more } },
      );
      return sendMessage;
    },
    async dueInMs(recipientId) {
      const [row] = await people.sql<{ ms: number }>(
        `select extract(epoch from t.due_at - clock_timestamp())::float8 * 1000 as ms
         from messages.task t join messages.message m on t.key = m.id::text
         where m.recipient_id = $1 order by m.id desc limit 1`,
        [uuidOf('recipient', recipientId)],
      );
      return row?.ms ?? Number.NaN;
    },
    async makeDue() {
      await people.sql(`update messages.task set due_at = clock_timestamp()`);
    },
  };
}

async function approveOffer(ask: Sending['ask']): Promise<void> {
  const input = {
    name: OFFER,
    type: 'MARKETING',
    purpose: 'MARKETING',
    sensitivity: 'LOW',
    channels: ['RCS', 'SMS'],
    locales: [
      {
        locale: 'en-US',
        body: 'Everything is cheaper.',
        smsText: 'Everything is cheaper. Reply STOP to end.',
        neutralText: 'Acme has a message for you.',
      },
    ],
  };
  const { createTemplate } = await ask(
    `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
       template { id } errors { ... on UserError { message } } } }`,
    { input },
  );
  const { approveTemplate } = await ask(
    `mutation ($input: MoveTemplateInput!) {
       submitTemplate(input: $input) { errors { ... on UserError { message } } }
       approveTemplate(input: $input) { errors { ... on UserError { message } } } }`,
    { input: { templateId: createTemplate.template.id } },
  );
  if (approveTemplate.errors.length > 0) throw new Error(JSON.stringify(approveTemplate.errors));
}
