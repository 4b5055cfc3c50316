// Dealing with the follow-up list in tests: what a client asks, and what carriers report late.
import { randomUUID } from 'node:crypto';
import type { Answer, Asker } from './people.ts';
import { keyOf, type Sending } from './sending.ts';
import { TemplateCache } from '../../subgraphs/messages/store/find-template.ts';
import { followReceipts } from '../../subgraphs/messages/jobs/follow-receipts.ts';

const ITEM = `id reason state openedAt resolution resolvedAt resolvedBy note
  message { id resentAs { id } attempts { channel state failureCode } }`;

/** The list as the API shows it. */
export async function listed(
  sending: Sending,
  args: object = {},
  asker?: Asker,
): Promise<Answer['data']> {
  const { followUps } = await sending.ask(
    `query ($filter: FollowUpFilterInput, $first: Int, $after: String) {
       followUps(filter: $filter, first: $first, after: $after) {
         edges { cursor node { ${ITEM} } } pageInfo { hasNextPage endCursor } } }`,
    args,
    asker,
  );
  return followUps;
}

/** A message's own place on the list. */
export async function placeOf(sending: Sending, id: string): Promise<Answer['data']> {
  const { message } = await sending.ask(
    `query ($id: ID!) { message(id: $id) { reference locale endReason template { name version }
       followUp { ${ITEM} } resentAs { id } resendOf { id } } }`,
    { id },
  );
  return message;
}

export async function resend(
  sending: Sending,
  messageId: string,
  idempotencyKey: string = randomUUID(),
  asker?: Asker,
): Promise<Answer['data']> {
  const { resendMessage } = await sending.ask(
    `mutation ($input: ResendMessageInput!) { resendMessage(input: $input) {
       message { id reference resendOf { id } decision { candidates { channel rank } } } replayed
       errors { __typename ... on UserError { code path message } } } }`,
    { input: { messageId, idempotencyKey } },
    asker,
  );
  return resendMessage;
}

export async function resolve(
  sending: Sending,
  input: { ids: readonly string[]; note?: string },
  asker?: Asker,
): Promise<Answer['data']> {
  const { resolveFollowUps } = await sending.ask(
    `mutation ($input: ResolveFollowUpsInput!) { resolveFollowUps(input: $input) {
       results { followUp { ${ITEM} } replayed errors { code path } } errors { code path } } }`,
    { input },
    asker,
  );
  return resolveFollowUps;
}

/** A carrier reports on an attempt, the message's last one where none is named, and messages has followed it when this resolves. */
export async function report(
  sending: Sending,
  id: string,
  type: string,
  attemptId?: string,
): Promise<void> {
  const { people, deps } = sending;
  const [attempt] = await people.sql<{ id: string }>(
    'select id from messages.attempt where message_id = $1 order by number desc limit 1',
    [keyOf(id)],
  );
  const payload = {
    source: 'PROVIDER',
    messageId: keyOf(id),
    attemptId: attemptId ?? attempt?.id,
    type,
    failureCode: type === 'FAILED' ? 'INVALID_RECIPIENT' : null,
  };
  await people.sql(
    `insert into delivery.event (tenant_id, id, name, payload, occurred_at)
     values ('acme', $1, 'delivery.recorded', $2, now())`,
    [randomUUID(), JSON.stringify(payload)],
  );
  const job = followReceipts(deps, new TemplateCache());
  job.start();
  while (await isBehind(sending)) await new Promise((resume) => setTimeout(resume, 5));
  await job.stop();
}

async function isBehind({ people }: Sending): Promise<boolean> {
  const rows = await people.sql(
    `select from delivery.event e where not exists (
       select from messages.follower f where f.name = 'receipts' and (f.tx, f.seq) >= (e.tx, e.seq))`,
  );
  return rows.length > 0;
}
