// Agent messages against Google's published requests, and their limits.
import { describe, expect, test } from '@jest/globals';
import { agentMessageRequest, answerReader } from '../../../../providers/google-rbm/send.ts';
import type { CardAction, Outbound, RenderedContent } from '../../../../providers/provider.ts';
import { MessageType } from '../../../../schema/vocabulary.ts';
import { sample } from '../../../support/samples.ts';

type RcsContent = Extract<RenderedContent, { channel: 'RCS' }>;

const ATTEMPT = '0192b1c8-0000-7000-8000-000000000001';

function outboundOf(content: Partial<RcsContent>, more: Partial<Outbound> = {}): Outbound {
  return {
    attemptId: ATTEMPT,
    messageId: 'msg_01h455vb4pex5vsknk084sn02q',
    tenantId: 'acme',
    to: '+14155550100',
    type: 'MARKETING',
    content: { channel: 'RCS', title: null, body: 'Hello, world!', actions: [], ...content },
    ttlSeconds: 600,
    ...more,
  };
}

function bodyOf(outbound: Outbound) {
  const request = agentMessageRequest(outbound, 'agent');
  if ('kind' in request) throw new Error(request.providerCode);
  return JSON.parse(String(request.body)) as {
    contentMessage: unknown;
    messageTrafficType: string;
    ttl: string;
  };
}

const reply = (label: string, postback: string): CardAction => ({ kind: 'reply', label, postback });

describe('an agent message', () => {
  test('of plain text is the one that Google publishes', () => {
    const { body } = sample<{ body: object }>('google-rbm/send-text');
    expect(bodyOf(outboundOf({}))).toEqual({ ...body, ttl: '600s' });
  });

  test('with a title is the rich card that Google publishes', () => {
    const card = { title: 'Hello, world!', body: 'RBM is awesome!' };
    const actions = [
      reply('Suggestion #1', 'suggestion_1'),
      reply('Suggestion #2', 'suggestion_2'),
    ];
    const official = sample<OfficialCard>('google-rbm/send-richcard').contentMessage;
    const { cardContent } = official.richCard.standaloneCard;
    cardContent.suggestions = cardContent.suggestions.slice(0, 2).map(({ reply: tap }) => ({
      reply: { text: tap.text, postbackData: `r:${ATTEMPT}:${tap.postbackData}` },
    }));
    expect(bodyOf(outboundOf({ ...card, actions })).contentMessage).toEqual(official);
  });

  test('opens a page with the attempt in its postback', () => {
    const url = 'https://parley.example/s/1';
    const actions = [{ kind: 'open-url', label: 'Open', url, postback: 'open' } as const];
    expect(bodyOf(outboundOf({ actions })).contentMessage).toMatchObject({
      text: 'Hello, world!',
      suggestions: [
        { action: { text: 'Open', postbackData: `c:${ATTEMPT}:open`, openUrlAction: { url } } },
      ],
    });
  });

  test('goes to the phone under the attempt’s id', () => {
    expect(agentMessageRequest(outboundOf({}), 'agent')).toMatchObject({
      method: 'POST',
      path: `/v1/phones/%2B14155550100/agentMessages?messageId=${ATTEMPT}&agentId=agent`,
    });
  });

  test('says for each type of message what kind of traffic it is', () => {
    const types = Object.values(MessageType);
    const traffic = types.map((type) => bodyOf(outboundOf({}, { type })).messageTrafficType);
    expect(Object.fromEntries(types.map((type, i) => [type, traffic[i]]))).toEqual({
      OTP: 'AUTHENTICATION',
      RECEIPT: 'TRANSACTION',
      ALERT: 'TRANSACTION',
      NOTIFICATION: 'TRANSACTION',
      MARKETING: 'PROMOTION',
      SUPPORT: 'SERVICEREQUEST',
    });
  });

  test('lives 15 days at most', () => {
    expect(bodyOf(outboundOf({}, { ttlSeconds: 10_000_000 })).ttl).toBe('1296000s');
  });
});

interface OfficialCard {
  readonly contentMessage: {
    readonly richCard: {
      readonly standaloneCard: {
        readonly cardContent: {
          suggestions: { reply: { text: string; postbackData: string } }[];
        };
      };
    };
  };
}

describe('a limit', () => {
  const text = (length: number) => 'x'.repeat(length);
  const page = (url: string): CardAction => ({
    kind: 'open-url',
    label: 'Open',
    url,
    postback: 'p',
  });
  const PREFIX_LENGTH = `r:${ATTEMPT}:`.length;
  const cases: [string, number, (size: number) => Partial<RcsContent>][] = [
    ['text', 3072, (size) => ({ body: text(size) })],
    ['card title', 200, (size) => ({ title: text(size) })],
    ['card description', 2000, (size) => ({ title: 'T', body: text(size) })],
    ['chips', 11, (size) => ({ actions: Array.from({ length: size }, () => reply('a', 'b')) })],
    ['card suggestions', 4, (size) => ({ title: 'T', actions: Array(size).fill(reply('a', 'b')) })],
    ['suggestion text', 25, (size) => ({ actions: [reply(text(size), 'b')] })],
    ['postback', 2048, (size) => ({ actions: [reply('a', text(size - PREFIX_LENGTH))] })],
    ['URL', 2048, (size) => ({ actions: [page(text(size))] })],
  ];

  test.each(cases)('of the %s is %i, and one more is refused', (_, max, content) => {
    expect(agentMessageRequest(outboundOf(content(max)), 'agent')).toHaveProperty('method');
    expect(agentMessageRequest(outboundOf(content(max + 1)), 'agent')).toMatchObject({
      kind: 'refused',
      code: 'INVALID_CONTENT',
    });
  });
});

describe('an answer', () => {
  const read = answerReader(ATTEMPT);
  const accepted = { kind: 'accepted', providerMessageId: ATTEMPT };

  test('that the message id came before says that Google has it', () => {
    expect(read(409, { error: { code: 409, status: 'ALREADY_EXISTS' } })).toEqual(accepted);
  });

  test('about another message is not ours', () => {
    expect(read(200, { name: 'phones/+1/agentMessages/another' })).toBeNull();
  });

  test('with an unmapped code is refused as unknown and keeps it', () => {
    const error = { code: 418, status: 'TEAPOT' };
    expect(read(418, { error })).toMatchObject({ code: 'UNKNOWN', providerCode: '418 TEAPOT' });
  });
});
