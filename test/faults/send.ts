// Sends through the front door, and writes down what was asked and what was answered.
import type { Json, Parley } from '../support/parley.ts';
import { ERRORS } from '../support/story.ts';
import { PURPOSE, type Person } from './people.ts';
import type { Recorder } from './recorder.ts';

/** One message that somebody wants to be sent. Asked for again, it is the same one. */
export interface Wish {
  /** Unlike any other of its tenant. */
  readonly key: string;
  readonly person: Person;
  readonly template: string;
  readonly amount: string;
  /** Milliseconds since 1970: after that it is not sent any more. */
  readonly expiresAt: number;
}

export type Answer = 'ok' | 'refused' | 'unknown';

const RESULT = `replayed message { id } errors { __typename ... on UserError { code } }`;
const SEND = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ${RESULT} } }`;
const SEND_MANY = `mutation ($input: SendMessagesInput!) {
  sendMessages(input: $input) { results { ${RESULT} } ${ERRORS} } }`;

export interface Sender {
  readonly parley: Parley;
  readonly history: Recorder;
  /** Another gateway of the same platform. */
  readonly at?: string;
}

/** Two tenants may use one key; in a history it is told apart. */
export const keyOf = (wish: Wish): string => `${wish.person.tenant}/${wish.key}`;

export async function sendOne(sender: Sender, wish: Wish): Promise<Answer> {
  invoke(sender, wish);
  const answer = await ask(sender, SEND, inputOf(wish), wish.person.token);
  return conclude(sender, wish, answer?.data?.sendMessage);
}

/** Of one tenant, in one call. */
export async function sendMany(
  sender: Sender,
  wishes: readonly Wish[],
): Promise<readonly Answer[]> {
  for (const wish of wishes) invoke(sender, wish);
  const input = { messages: wishes.map(inputOf) };
  const answer = await ask(sender, SEND_MANY, input, wishes[0]?.person.token ?? '');
  const results = answer?.data?.sendMessages?.results;
  return wishes.map((wish, index) => conclude(sender, wish, results?.[index]));
}

function invoke({ history }: Sender, wish: Wish): void {
  const { tenant, id: recipient } = wish.person;
  history.write({ k: 'send.invoke', key: keyOf(wish), tenant, recipient, purpose: PURPOSE });
}

const inputOf = ({ key, person, template, amount, expiresAt }: Wish): object => ({
  idempotencyKey: key,
  reference: key,
  recipientId: person.id,
  template,
  variables: [
    { name: 'amount', value: amount },
    { name: 'card', value: '4242424242424242' },
  ],
  expiresAt: new Date(expiresAt).toISOString(),
});

/** Null where no answer came, or none that can be read. */
async function ask(
  { parley, at }: Sender,
  query: string,
  input: object,
  token: string,
): Promise<Json> {
  try {
    return await parley.ask(query, { input }, token, at);
  } catch {
    return null;
  }
}

function conclude({ history }: Sender, wish: Wish, result: Json): Answer {
  const key = keyOf(wish);
  if (result?.message) {
    history.write({ k: 'send.ok', key, messageId: result.message.id as string });
    return 'ok';
  }
  const [error] = result?.errors ?? [];
  if (error === undefined) {
    history.write({ k: 'send.unknown', key });
    return 'unknown';
  }
  history.write({ k: 'send.fail', key, code: error.code as string });
  return 'refused';
}
