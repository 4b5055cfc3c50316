// Many subscribers in a process of their own: each counts what it gets, and that it comes in order.
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

interface Subscribers {
  readonly url: string;
  /** Null: raw sockets, which count messages. */
  readonly token: string | null;
  readonly count: number;
  readonly events: number;
}

const { url, token, count, events } = JSON.parse(process.argv[2] ?? '{}') as Subscribers;
let connected = 0;
let complete = 0;
let disorder = 0;

const done = (): void => {
  complete += 1;
  if (complete === count) say({ complete, disorder });
};

const say = (fact: object): void => {
  process.stdout.write(`${JSON.stringify(fact)}\n`);
};

const ready = (): void => {
  connected += 1;
  if (connected === count) say({ connected });
};

function counter(): (text: string) => void {
  let got = 0;
  let last = '';
  return (cursor) => {
    if (cursor <= last) disorder += 1;
    last = cursor;
    got += 1;
    if (got === events) done();
  };
}

const QUERY = `subscription { deliveryEvents(filter: { types: [DELIVERED] }) {
  ... on DeliveryEvent { id type status cursor message { id } recipient { id } } } }`;

for (let index = 0; index < count; index += 1) {
  const take = counter();
  if (token === null) {
    const socket = new WebSocket(url);
    let number = 0;
    socket.once('open', ready);
    socket.on('message', () => take(String((number += 1)).padStart(9, '0')));
  } else {
    const client = createClient({
      url,
      webSocketImpl: WebSocket,
      lazy: false,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    client.on('connected', ready);
    client.subscribe(
      { query: QUERY },
      {
        // Ids of events ascend with their time.
        next: ({ data }) => take((data as { deliveryEvents: { id: string } }).deliveryEvents.id),
        error: (error) => say({ error: String(error) }),
        complete: () => undefined,
      },
    );
  }
}
