// The running platform, as a client sees it: GraphQL over HTTP and WebSocket, and the control of its carriers.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';

/** What GraphQL answered. The demo reads it by name. */
// eslint-disable-next-line typescript/no-explicit-any
export type Json = any;

/** The story cannot go on; the sentence says why and what to do. */
export class StoryError extends Error {
  override name = 'StoryError';
}

export interface Platform {
  readonly url: string;
  ask(query: string, variables?: object): Promise<Json>;
  readonly sockets: Client;
  /** What a carrier does for this number from now on. */
  setProfile(phone: string, profile: object): Promise<void>;
  /** What the phone with this number shows, oldest first. */
  handset(phone: string): Promise<readonly Json[]>;
}

/** Finds the platform that `npm start` left word of in `directory`. */
export async function findPlatform(directory: string): Promise<Platform> {
  const found = await readFile(join(directory, 'endpoints.json'), 'utf8').catch(() => null);
  if (found === null) {
    throw new StoryError('No platform is running here. Start one in another terminal: npm start');
  }
  const { url, tokenFile, carriersUrl } = JSON.parse(found) as Record<string, string | null>;
  if (!url || !tokenFile || !carriersUrl) {
    throw new StoryError('The demo needs a platform in development, with its simulated carriers.');
  }
  const authorization = `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}`;
  const call = async (address: string, init: RequestInit): Promise<Json> => {
    const answer = await fetch(address, init).catch(() => {
      throw new StoryError(`Nothing answers at ${address}. Start the platform again: npm start`);
    });
    return answer.json();
  };
  return {
    url,
    async ask(query, variables = {}) {
      const answer = await call(`${url}/graphql`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      if (answer.errors) throw new StoryError(`Parley answered: ${answer.errors[0].message}`);
      return answer.data;
    },
    sockets: createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
      lazyCloseTimeout: 0,
    }),
    async setProfile(phone, profile) {
      await call(`${carriersUrl}/profiles/${encodeURIComponent(phone)}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(profile),
      });
    },
    async handset(phone) {
      const { messages } = await call(`${carriersUrl}/handsets/${encodeURIComponent(phone)}`, {});
      return messages;
    },
  };
}
