// Apple Messages for Business as customers of Infobip see it: JSON in, a status for each message out.
import type { FailureCode } from '../schema/vocabulary.ts';
import type { Behaviour } from './behaviour.ts';
import type { History } from './history.ts';
import { isLoopback, objectIn, parseObject, type JsonObject } from './json.ts';
import type { Message, MessageBook } from './message-book.ts';
import { lostAnswer, type ReceiptStep } from './profile.ts';
import type { Answer, Incoming, Reply } from './server.ts';
import { stepReply, type Refusals } from './step-reply.ts';

export interface AppleMessagesParts {
  readonly apiKey: string;
  readonly sender: string;
  readonly behaviour: Behaviour;
  readonly book: MessageBook;
  readonly history: History;
}

const PERSON = /^urn:mbid:[\w+/=-]+$/;
const TEXT_CHARACTERS_MAX = 4_096;
const REPLIES = { min: 2, max: 5 };
// How long after the hand-over a failure is told that the API does not know at once.
const FAILURE_AFTER_MS = 50;

type Status = readonly [group: number, groupName: string, id: number, name: string];
const ACCEPTED: Status = [1, 'PENDING', 26, 'PENDING_ACCEPTED'];
const REPEATED: Status = [5, 'REJECTED', 23, 'REJECTED_DUPLICATE_MESSAGE_ID'];

/** Failures that are told with the answer. Source: Infobip, "Response status and error codes". */
const rejections: Readonly<Partial<Record<FailureCode, Status>>> = {
  INVALID_RECIPIENT: [5, 'REJECTED', 52, 'REJECTED_DESTINATION'],
  OPTED_OUT: [5, 'REJECTED', 10, 'REJECTED_DND'],
  SENDER_REJECTED: [5, 'REJECTED', 13, 'REJECTED_SENDER'],
  INVALID_CONTENT: [5, 'REJECTED', 25, 'REJECTED_MESSAGE_TOO_LONG'],
};
const failureStatuses: Readonly<Partial<Record<FailureCode, number>>> = {
  AUTH: 401,
  THROTTLED: 429,
  PROVIDER_FAULT: 500,
};

export function createAppleMessages(parts: AppleMessagesParts): (incoming: Incoming) => Reply {
  return (incoming) => {
    const { method, path, headers } = incoming;
    const hit = parts.behaviour.hit('apple');
    if (hit !== null) return stepReply(hit, refusals) ?? refuse(500);
    if (headers.authorization !== `App ${parts.apiKey}`) return refuse(401);
    if (method !== 'POST' || path !== '/apple-mfb/1/messages') return refuse(404);
    return submit(parts, incoming);
  };
}

function submit(parts: AppleMessagesParts, incoming: Incoming): Reply {
  const { behaviour, book, history, sender } = parts;
  const message = messageIn(incoming, sender);
  if (message === null) return refuse(400);
  const { ref, address } = message;
  if (book.find(ref) !== undefined) return told(message, REPEATED);
  const step = behaviour.nextStep('IMESSAGE', address);
  const rejection = step.kind === 'fail' ? rejections[step.code] : undefined;
  const failed = rejection === undefined ? stepReply(step, refusals) : told(message, rejection);
  if (failed !== null) {
    const permanent = rejection !== undefined;
    history.write({
      k: 'reject',
      attempt: ref,
      recipient: address,
      channel: 'IMESSAGE',
      permanent,
    });
    return failed;
  }
  book.accept(message, step.kind === 'fail' ? failureReceipts(step.code) : undefined);
  return lostAnswer(step) ?? told(message, ACCEPTED);
}

const failureReceipts = (code: FailureCode): readonly ReceiptStep[] => [
  { kind: 'failed', code, afterMs: FAILURE_AFTER_MS },
];

const told = ({ ref, address }: Message, [groupId, groupName, id, name]: Status): Answer => ({
  status: 200,
  body: {
    bulkId: ref,
    messages: [
      {
        messageId: ref,
        status: { groupId, groupName, id, name, description: name },
        destination: address,
      },
    ],
  },
});

/** Null for a request that the API refuses as a whole. */
function messageIn({ body }: Incoming, sender: string): Message | null {
  try {
    const [given, ...others] = parseObject(body)['messages'] as unknown[];
    const message = objectIn(given, 'a message');
    const [to] = message['destinations'] as JsonObject[];
    const content = objectIn(message['content'], 'content');
    const text = String(
      content['type'] === 'QUICK_REPLY' ? content['summaryText'] : content['text'],
    );
    const items = (content['items'] ?? []) as readonly Record<string, string>[];
    const replyCountFits = items.length >= REPLIES.min && items.length <= REPLIES.max;
    const { validityPeriod } = objectIn(message['options'], 'options') as {
      validityPeriod?: { amount?: number };
    };
    const { url } = objectIn(objectIn(message['webhooks'], 'webhooks')['delivery'], 'delivery');
    const address = String(to?.['to']);
    const right =
      others.length === 0 &&
      message['sender'] === sender &&
      PERSON.test(address) &&
      text.length <= TEXT_CHARACTERS_MAX &&
      (content['type'] === 'TEXT' || replyCountFits);
    if (!right) return null;
    return {
      ref: String(to?.['messageId']),
      attempt: String(to?.['messageId']),
      address,
      ttlMs: (validityPeriod?.amount ?? 172_800) * 1_000,
      shown: {
        channel: 'IMESSAGE',
        from: sender,
        title: null,
        text,
        suggestions: items.map(({ title = '', identifier = '' }) => {
          return { label: title, url: null, postback: identifier };
        }),
      },
      answer: {},
      callbackUrl: typeof url === 'string' && isLoopback(url) ? url : null,
    };
  } catch {
    return null;
  }
}

const refusals: Refusals = {
  byStatus: (status) => refuse(status),
  byCode: (code) => {
    const status = failureStatuses[code];
    return status === undefined ? null : refuse(status);
  },
};

/** Statuses that the API itself gives; any other comes from a gateway, in HTML. */
function refuse(status: number): Answer {
  if (status > 500) return { status, body: `<html><h1>${status}</h1></html>` };
  const body = { errorCode: `E${status}`, description: 'Request cannot be processed.' };
  return { status, body: { ...body, action: '', violations: [], resources: [] } };
}
