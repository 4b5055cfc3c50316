// Checks an agent message as Google does, and says what the phone will show of it.
import type { ShownMessage } from './handset.ts';
import type { JsonObject } from './json.ts';

const TRAFFIC_TYPES = [
  'AUTHENTICATION',
  'TRANSACTION',
  'PROMOTION',
  'SERVICEREQUEST',
  'ACKNOWLEDGEMENT',
];
const TTL_SECONDS_MAX = 15 * 24 * 3600;

// Source: RCS for Business reference (AgentContentMessage, RichCard, Suggestion).
const limits = { text: 3072, title: 200, description: 2000, label: 25, postback: 2048, url: 2048 };
const CHIPS_MAX = 11;
const CARD_SUGGESTIONS_MAX = 4;

interface Parts {
  readonly title: unknown;
  readonly text: unknown;
  readonly suggestions: readonly JsonObject[];
  readonly card: boolean;
}

/** The name of a field that the API would refuse, or null. */
export function contentError(body: JsonObject): string | null {
  const { title, text, suggestions, card } = partsOf(body);
  const { messageTrafficType = 'TRANSACTION', ttl = '1s' } = body;
  if (!TRAFFIC_TYPES.some((type) => type === messageTrafficType)) {
    return 'messageTrafficType';
  }
  if (typeof ttl !== 'string' || !(secondsOf(ttl) <= TTL_SECONDS_MAX)) return 'ttl';
  if (!fits(text, card ? limits.description : limits.text)) return card ? 'description' : 'text';
  if (card && title !== undefined && !fits(title, limits.title)) return 'title';
  if (suggestions.length > (card ? CARD_SUGGESTIONS_MAX : CHIPS_MAX)) return 'suggestions';
  return suggestions.every(suggestionFits) ? null : 'suggestions';
}

/** What the phone shows of content that `contentError` lets through. */
export function shownContent(body: JsonObject): Omit<ShownMessage, 'ref'> {
  const { title, text, suggestions } = partsOf(body);
  return {
    channel: 'RCS',
    from: 'agent',
    title: typeof title === 'string' ? title : null,
    text: String(text),
    suggestions: suggestions.map((suggestion) => {
      const { action, reply } = suggestion;
      const tap = inside(action ?? reply);
      const url = inside(tap['openUrlAction'])['url'];
      return {
        label: String(tap['text']),
        url: typeof url === 'string' ? url : null,
        postback: String(tap['postbackData']),
      };
    }),
  };
}

/** Of a duration as Google writes it, "10s"; NaN for anything else. */
export function secondsOf(duration: string): number {
  return Number(/^(\d+(?:\.\d+)?)s$/.exec(duration)?.[1]);
}

function partsOf(body: JsonObject): Parts {
  const content = inside(body['contentMessage']);
  const card = inside(inside(inside(content['richCard'])['standaloneCard'])['cardContent']);
  const isCard = content['richCard'] !== undefined;
  return {
    card: isCard,
    title: isCard ? card['title'] : undefined,
    text: isCard ? card['description'] : content['text'],
    suggestions: list(isCard ? card['suggestions'] : content['suggestions']),
  };
}

function suggestionFits({ action, reply }: JsonObject): boolean {
  const tap = inside(action ?? reply);
  const open = tap['openUrlAction'];
  const urlFits = open === undefined || fits(inside(open)['url'], limits.url);
  return fits(tap['text'], limits.label) && fits(tap['postbackData'], limits.postback) && urlFits;
}

const fits = (value: unknown, max: number): boolean =>
  typeof value === 'string' && value !== '' && value.length <= max;

const inside = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null ? (value as JsonObject) : {};

const list = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.map(inside) : [];
