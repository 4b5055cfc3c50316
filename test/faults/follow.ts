// A tenant's subscriber in a fault test: follows its stream, comes back after a break, and writes down what it saw.
import type { Parley, Json } from '../support/parley.ts';
import type { Recorder } from './recorder.ts';

const EVENTS = `subscription ($after: String) { deliveryEvents(after: $after) {
  __typename
  ... on DeliveryEvent { id status cursor message { id } }
  ... on StreamGap { resumeAfter } } }`;
const RETURN_MS = 300;

export interface Follower {
  stop(): Promise<void>;
}

export function follow(parley: Parley, history: Recorder, tenant: string): Follower {
  const sub = `subscriber of ${tenant}`;
  let after: string | null = null;
  let stopped = false;
  let end: () => unknown = () => undefined;

  const see = (told: Json): void => {
    if (told.__typename === 'StreamGap') {
      after = told.resumeAfter as string;
      history.write({ k: 'gap', sub, tenant });
      return;
    }
    after = told.cursor as string;
    const [eventId, messageId, status] = [told.id, told.message.id, told.status] as string[];
    history.write({
      k: 'event',
      sub,
      tenant,
      eventId: eventId ?? '',
      messageId: messageId ?? '',
      status: status ?? '',
    });
  };
  const once = async (): Promise<void> => {
    const client = await parley.sockets(await parley.token({ tenant }));
    end = () => client.dispose();
    history.write({ k: 'connect', sub, tenant });
    for await (const { data } of client.iterate({ query: EVENTS, variables: { after } })) {
      if (data) see(data['deliveryEvents']);
    }
  };
  const run = async (): Promise<void> => {
    while (!stopped) {
      // However it ended: it comes back.
      await once().catch(() => undefined);
      history.write({ k: 'disconnect', sub, tenant });
      if (!stopped) await new Promise((resolve) => setTimeout(resolve, RETURN_MS));
    }
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      await end();
      await running;
    },
  };
}
