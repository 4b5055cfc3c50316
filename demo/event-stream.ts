// The live delivery events of the tenant: one subscription, open for the whole story.
import type { Client } from 'graphql-ws';
import { StoryError } from './story-error.ts';

export interface DeliveryEvent {
  readonly type: string;
  readonly channel: string | null;
  readonly provider: string | null;
  readonly failureCode: string | null;
  readonly fallbackReason: string | null;
  readonly message: { readonly id: string };
  /** Joined by the gateway: another subgraph knows it. */
  readonly recipient: { readonly externalId: string };
}

export interface SeenEvent {
  readonly event: DeliveryEvent;
  /** When it came, by the clock of `performance.now()`. */
  readonly at: number;
}

export interface EventStream {
  /** The message's events as they come, up to the first one of the type `last`. */
  until(messageId: string, last: string): AsyncGenerator<SeenEvent, void, undefined>;
}

/** Longer than any wait of the story, whose longest one is ten seconds. */
const SILENCE_MAX_MS = 30_000;

const SUBSCRIPTION = `subscription {
  deliveryEvents {
    ... on DeliveryEvent {
      type channel provider failureCode fallbackReason message { id } recipient { externalId }
    }
  }
}`;

/** Subscribes at once, so that the stream is there long before the first message is sent. */
export function openEventStream(client: Client): EventStream {
  const seen: SeenEvent[] = [];
  let end: string | null = null;
  let wake = (): void => undefined;
  const close = (why: string): void => {
    end = why;
    wake();
  };
  client.subscribe<{ deliveryEvents: Partial<DeliveryEvent> }>(
    { query: SUBSCRIPTION },
    {
      next: ({ data, errors }) => {
        if (errors) return close(`The stream of events broke: ${errors[0]?.message}`);
        const event = data?.deliveryEvents;
        if (event?.type === undefined) return close('The stream of events fell behind.');
        seen.push({ event: event as DeliveryEvent, at: performance.now() });
        wake();
      },
      error: () => close('The connection to the platform was lost.'),
      complete: () => close('The platform ended the stream of events.'),
    },
  );
  const oneMore = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => close('Nothing was heard for 30 seconds.'), SILENCE_MAX_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return {
    async *until(messageId, last) {
      for (let next = 0; ; next += 1) {
        while (seen.length <= next && end === null) await oneMore();
        const found = seen[next];
        if (found === undefined) throw new StoryError(end ?? 'The stream of events ended.');
        if (found.event.message.id !== messageId) continue;
        yield found;
        if (found.event.type === last) return;
      }
    },
  };
}
