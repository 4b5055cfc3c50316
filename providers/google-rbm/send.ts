// Builds Google's agent message out of an attempt and reads the answer to it.
import { FailureCode, type MessageType } from '../../schema/vocabulary.ts';
import { assert } from '../../platform/assert.ts';
import type { HttpRequest } from '../../platform/http-client.ts';
import { refusal, type AnswerReader, type Refusal } from '../over-http.ts';
import type { CardAction, Outbound, RenderedContent } from '../provider.ts';
import { objectOrNull, textOrNull } from '../wire.ts';
import { answerFailures } from './errors.ts';
import { postbackOf } from './postback.ts';

type RcsContent = Extract<RenderedContent, { channel: 'RCS' }>;

/** Sizes that the API refuses to exceed, in UTF-16 units; counts where it says so.
 *  Source: RCS for Business reference (AgentContentMessage, RichCard, Suggestion). */
const limits = {
  text: 3072,
  cardTitle: 200,
  cardDescription: 2000,
  suggestionText: 25,
  url: 2048,
  postback: 2048,
  chipCount: 11,
  cardSuggestionCount: 4,
  ttlSeconds: 15 * 24 * 3600,
} as const;

// One entry per kind of message: an agent registered for several uses must say which one this is.
const trafficTypes: Readonly<Record<MessageType, string>> = {
  OTP: 'AUTHENTICATION',
  RECEIPT: 'TRANSACTION',
  ALERT: 'TRANSACTION',
  NOTIFICATION: 'TRANSACTION',
  MARKETING: 'PROMOTION',
  SUPPORT: 'SERVICEREQUEST',
};

/** The request without its authorization, or the refusal that the API would answer with. */
export function agentMessageRequest(outbound: Outbound, agentId: string): HttpRequest | Refusal {
  const { content, attemptId } = outbound;
  assert(content.channel === 'RCS', 'an RCS provider is handed RCS content');
  const excess = excessOf(content, attemptId);
  if (excess !== null) {
    return refusal(FailureCode.INVALID_CONTENT, `not sent: ${excess} is over its limit`);
  }
  return {
    method: 'POST',
    path: agentMessagesPath(outbound.to, '', { messageId: attemptId, agentId }),
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      contentMessage: contentMessage(content, attemptId),
      messageTrafficType: trafficTypes[outbound.type],
      ttl: `${Math.min(outbound.ttlSeconds, limits.ttlSeconds)}s`,
    }),
  };
}

export function revokeRequest(to: string, attemptId: string, agentId: string): HttpRequest {
  return { method: 'DELETE', path: agentMessagesPath(to, `/${attemptId}`, { agentId }) };
}

/** Reads the answer to the message whose id is this attempt's. A repeated id is answered with the first
 *  message or with 409: both say that Google has it. */
export function answerReader(attemptId: string): AnswerReader {
  return (status, body) => {
    const taken = { kind: 'accepted', providerMessageId: attemptId } as const;
    if (status === 200) {
      return textOrNull(body['name'])?.endsWith(`/agentMessages/${attemptId}`) === true
        ? taken
        : null;
    }
    const error = objectOrNull(body['error']);
    if (error === null || error['code'] !== status) return null;
    if (status === 409) return taken;
    const providerCode = [status, textOrNull(error['status'])]
      .filter((part) => part !== null)
      .join(' ');
    const code =
      answerFailures.get(providerCode) ?? answerFailures.get(String(status)) ?? FailureCode.UNKNOWN;
    return { kind: 'refused', code, providerCode };
  };
}

function agentMessagesPath(to: string, suffix: string, query: Record<string, string>): string {
  const phone = encodeURIComponent(to);
  return `/v1/phones/${phone}/agentMessages${suffix}?${new URLSearchParams(query)}`;
}

function contentMessage(content: RcsContent, attemptId: string): object {
  const suggestions = content.actions.map((action) => suggestion(action, attemptId));
  if (content.title === null) {
    return { text: content.body, ...(suggestions.length > 0 && { suggestions }) };
  }
  const cardContent = {
    title: content.title,
    description: content.body,
    ...(suggestions.length > 0 && { suggestions }),
  };
  return { richCard: { standaloneCard: { cardOrientation: 'VERTICAL', cardContent } } };
}

function suggestion(action: CardAction, attemptId: string): object {
  const tap = { text: action.label, postbackData: postbackOf(action, attemptId) };
  return action.kind === 'reply'
    ? { reply: tap }
    : { action: { ...tap, openUrlAction: { url: action.url } } };
}

/** What is too long, or null. Checked here because Google's 400 does not say which field it means. */
function excessOf(content: RcsContent, attemptId: string): string | null {
  const { title, body, actions } = content;
  const card = title !== null;
  const checks: readonly (readonly [string, number, number])[] = [
    ['title', title?.length ?? 0, limits.cardTitle],
    [card ? 'description' : 'text', body.length, card ? limits.cardDescription : limits.text],
    ['suggestion count', actions.length, card ? limits.cardSuggestionCount : limits.chipCount],
    ...actions.flatMap((action) => [
      ['suggestion text', action.label.length, limits.suggestionText] as const,
      ['postback', postbackOf(action, attemptId).length, limits.postback] as const,
      ['URL', action.kind === 'open-url' ? action.url.length : 0, limits.url] as const,
    ]),
  ];
  return checks.find(([, size, max]) => size > max)?.[0] ?? null;
}
