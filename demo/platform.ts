// The running platform, as a client sees it: GraphQL over HTTP and WebSocket, and the control of its carriers.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { decodeJwt } from 'jose';
import { WebSocket } from 'ws';
import { openEventStream, type EventStream } from './event-stream.ts';
import { StoryError } from './story-error.ts';

/** What GraphQL answered. The demo reads it by name. */
// eslint-disable-next-line typescript/no-explicit-any
export type Json = any;

export interface Platform {
  readonly url: string;
  /** Of the development token. */
  readonly tenant: string;
  ask(query: string, variables?: object): Promise<Json>;
  /** Runs the mutation `name`; its payload, refusals included. `inputType` where it is not named after the mutation. */
  mutate(name: string, input: object, selection: string, inputType?: string): Promise<Json>;
  /** What happens to the tenant's messages, as it happens. */
  readonly events: EventStream;
  /** What a carrier does for this number from now on. */
  setProfile(phone: string, profile: object): Promise<void>;
  /** What the phone with this number shows, oldest first. */
  handset(phone: string): Promise<readonly Json[]>;
  /** The requests that reached the carriers and name this number: address and body, as they stood on the wire. */
  carried(phone: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

const ERRORS = 'errors { __typename ... on UserError { code message path } }';

/** Finds the platform that `npm start` left word of in `directory`. Throws StoryError where none runs. */
export async function findPlatform(directory: string): Promise<Platform> {
  const { url, token, carriersUrl } = await readEndpoints(directory);
  const authorization = `Bearer ${token}`;
  const ask: Platform['ask'] = async (query, variables = {}) => {
    const { data, errors } = await call(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    if (errors) throw new StoryError(`Parley answered: ${errors[0].message}`);
    return data;
  };
  await ask('{ __typename }');
  const sockets = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
  return {
    url,
    tenant: String(decodeJwt(token)['tenant']),
    ask,
    async mutate(name, input, selection, inputType = `${capitalised(name)}Input`) {
      const answer = await ask(
        `mutation ($input: ${inputType}!) { ${name}(input: $input) { ${selection} ${ERRORS} } }`,
        { input },
      );
      return answer[name];
    },
    events: openEventStream(sockets),
    async setProfile(phone, profile) {
      const body = JSON.stringify(profile);
      await call(`${carriersUrl}/profiles/${encodeURIComponent(phone)}`, { method: 'PUT', body });
    },
    async handset(phone) {
      const { messages } = await call(`${carriersUrl}/handsets/${encodeURIComponent(phone)}`);
      return messages;
    },
    async carried(phone) {
      const { entries } = await call(`${carriersUrl}/journal`);
      return (
        entries
          .filter(({ direction }: Json) => direction === 'in')
          .map(({ path, body }: Json) => `${path} ${body}`)
          // Digits alone: a plus stands encoded in addresses.
          .filter((text: string) => text.includes(phone.slice(1)))
      );
    },
    close: async () => sockets.dispose(),
  };
}

async function readEndpoints(
  directory: string,
): Promise<{ url: string; token: string; carriersUrl: string }> {
  const found = await readFile(join(directory, 'endpoints.json'), 'utf8').catch(() => null);
  if (found === null) {
    throw new StoryError(
      `No platform has left word in ${directory}. Start one in another terminal: npm start\n` +
        'One with a DATA_DIRECTORY of its own is found by: npm run demo -- <that directory>',
    );
  }
  const { url, tokenFile, carriersUrl } = JSON.parse(found) as Record<string, string | null>;
  if (!url || !tokenFile || !carriersUrl) {
    throw new StoryError('The demo needs a platform in development, with its simulated carriers.');
  }
  const token = await readFile(tokenFile, 'utf8').catch(() => {
    throw new StoryError(`The token is not to be read from ${tokenFile}. Run where npm start ran.`);
  });
  return { url, token: token.trim(), carriersUrl };
}

async function call(address: string, init: RequestInit = {}): Promise<Json> {
  const response = await fetch(address, init).catch(() => {
    throw new StoryError(`Nothing answers at ${address}. Start the platform again: npm start`);
  });
  const answer = (await response.json().catch(() => null)) as Json;
  if (answer === null) throw new StoryError(`What answers at ${address} is not Parley.`);
  if (answer.error) throw new StoryError(`The carriers answered: ${answer.error}`);
  return answer;
}

/** The payload of a mutation that refused nothing. Throws StoryError where it did. */
export function accepted(payload: Json): Json {
  const [error] = payload.errors;
  if (error) throw new StoryError(`Parley refused with ${error.code}: ${error.message}`);
  return payload;
}

const capitalised = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}`;
