// Outgoing HTTP to addresses that somebody else gave: never to a private network, whatever a name resolves to.
import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { exchange, HttpClientError, type HttpAnswer, type HttpRequest } from './http-client.ts';
import { isPublicAddress } from './public-address.ts';

/** Answers every address of a name. */
export type Resolve = (
  name: string,
  done: (error: Error | null, addresses: readonly ResolvedAddress[]) => void,
) => void;

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export interface OutsideClientOptions {
  /** The longest that any request may take, resolving and connecting included. */
  readonly timeoutMs: number;
  readonly bodyMaxBytes: number;
  /** To one origin at once; requests beyond them wait. */
  readonly connectionsMax: number;
  /** Whether http is good enough. For development alone. */
  readonly insecure: boolean;
  /** Which addresses may be connected to; `isPublicAddress` unless told otherwise. */
  readonly admits?: (address: string) => boolean;
  /** The system's resolver unless told otherwise. */
  readonly resolve?: Resolve;
  /** Certificates (PEM) that are trusted instead of the system's. */
  readonly ca?: string;
}

export interface OutsideRequest extends Omit<HttpRequest, 'path'> {
  /** Whole, as it was given. */
  readonly url: string;
}

export interface OutsideClient {
  /** A sentence about what is wrong with an address, for whoever gave it; null when it can be asked now. It is judged
   *  again at every connection. Never rejects. */
  problemOf(url: string): Promise<string | null>;
  /** Any status is an answer, a redirect too: it is never followed. Throws HttpClientError, as `HttpClient.request`;
   *  an address that is not admitted is `not-sent`. */
  request(request: OutsideRequest): Promise<HttpAnswer>;
  /** Cuts what is under way and releases the connections. */
  close(): Promise<void>;
}

const URL_CHARACTERS_MAX = 2_048;
const NOT_PUBLIC = 'The address is not on the public Internet.';
/** The same for names that do not resolve and for names of ours: nobody learns which names we have. */
const NOT_RESOLVED = 'The name does not resolve to public addresses.';

/** A client for any number of origins. Each name is resolved once a connection, and the connection is made to an address
 *  that was judged: a name that resolves otherwise the next moment gains nothing. */
export function createOutsideClient(options: OutsideClientOptions): OutsideClient {
  const { timeoutMs, bodyMaxBytes, connectionsMax, insecure, ca } = options;
  const admits = options.admits ?? isPublicAddress;
  const resolve = options.resolve ?? resolveByTheSystem;
  const connect = guarded(
    buildConnector({
      timeout: timeoutMs,
      allowH2: false,
      lookup: admittedLookup(resolve, admits),
      ...(ca === undefined ? {} : { ca }),
    }),
    admits,
  );
  const agent = new Agent({
    connections: connectionsMax,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect,
  });
  return {
    async problemOf(text) {
      const url = readUrl(text, insecure);
      if (typeof url === 'string') return url;
      const host = hostOf(url);
      if (isIP(host) !== 0) return admits(host) ? null : NOT_PUBLIC;
      return new Promise((done) => {
        const late = setTimeout(() => done(NOT_RESOLVED), timeoutMs);
        admittedLookup(resolve, admits)(host, { all: true }, (error) => {
          clearTimeout(late);
          done(error === null ? null : error.message);
        });
      });
    },
    async request({ url: text, ...request }) {
      const url = readUrl(text, insecure);
      if (typeof url === 'string') throw new HttpClientError('not-sent', url);
      const deadlineMs = Math.min(request.deadlineMs ?? timeoutMs, timeoutMs);
      const path = url.pathname + url.search;
      return exchange(agent, { ...request, origin: url.origin, path, deadlineMs }, bodyMaxBytes);
    },
    close: () => agent.destroy(),
  };
}

/** A sentence when it is no address that may be asked. */
function readUrl(text: string, insecure: boolean): URL | string {
  if (text.length > URL_CHARACTERS_MAX)
    return `A URL has at most ${URL_CHARACTERS_MAX} characters.`;
  if (!URL.canParse(text)) return 'This is not a URL.';
  const url = new URL(text);
  const secure = url.protocol === 'https:' || (insecure && url.protocol === 'http:');
  if (!secure) return 'The URL begins with https.';
  if (url.username !== '' || url.password !== '') return 'The URL has no user and no password.';
  return url;
}

/** URL has read every other spelling of an address, such as 0x7f.1 and 2130706433, by then. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/** An address in place of a name is not looked up, so it is judged here. */
function guarded(
  connector: buildConnector.connector,
  admits: (address: string) => boolean,
): buildConnector.connector {
  return (target, done) => {
    const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) !== 0 && !admits(host)) done(new Error(NOT_PUBLIC), null);
    else connector(target, done);
  };
}

/** One address that is not admitted spoils the name: nobody has a good reason for such a mixture. */
function admittedLookup(resolve: Resolve, admits: (address: string) => boolean): LookupFunction {
  return (name, { all }, done) => {
    resolve(name, (error, addresses) => {
      const [first] = addresses;
      const admitted = addresses.every(({ address }) => admits(address));
      if (error !== null || first === undefined || !admitted) done(new Error(NOT_RESOLVED), '');
      else if (all) done(null, [...addresses]);
      else done(null, first.address, first.family);
    });
  };
}

const resolveByTheSystem: Resolve = (name, done) => {
  lookup(name, { all: true }, (error, addresses) => done(error, addresses ?? []));
};
