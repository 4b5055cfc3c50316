// What every channel provider over HTTP promises, over real sockets and signed callbacks: one suite for the whole list.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigurationError } from '../../platform/config.ts';
import { providerOptions } from '../../providers/index.ts';
import type { Outbound, Provider } from '../../providers/provider.ts';
import { FailureCode } from '../../schema/vocabulary.ts';
import type { Incoming, Reply } from '../../simulator/server.ts';
import { appleMessages } from '../support/apple-messages-fixture.ts';
import {
  closedUrl,
  startAnsweringServer,
  type AnsweringServer,
} from '../support/answering-server.ts';
import {
  ATTEMPT,
  configured,
  createAll,
  providerFixtures,
  type ProviderFixture,
  smppSettings,
  smtpSettings,
} from '../support/provider-fixtures.ts';
import { webPush } from '../support/web-push-fixture.ts';

const fixtures: readonly ProviderFixture[] = [...providerFixtures, appleMessages, webPush];
const DEADLINE_MS = 5000;
const TOKEN: Reply = { status: 200, body: { access_token: 'token', expires_in: 3600 } };

const plain = ({ query, body }: Incoming): string =>
  `${query} ${decodeURIComponent(body.toString())}`;

test('every provider of the list is under this contract, or under that of its own protocol', () => {
  const all = Object.assign(
    smppSettings(1),
    smtpSettings(1),
    ...fixtures.map((each) => each.settings('http://127.0.0.1:1')),
  );
  const ids = createAll(all as Record<string, string>).map((provider) => provider.id);
  const others = ['smpp', 'smtp'];
  expect(ids.toSorted()).toEqual([...fixtures.map((each) => each.id), ...others].toSorted());
  expect(Object.keys(providerOptions)).toHaveLength(ids.length);
});

describe.each(fixtures.map((fixture) => [fixture.id, fixture] as const))('%s', (_, fixture) => {
  let api: AnsweringServer;
  let provider: Provider;

  beforeAll(async () => {
    api = await startAnsweringServer(fixture.tls);
  });
  beforeEach(() => {
    provider = configured(fixture.settings(api.url));
  });
  afterEach(() => provider.close());
  afterAll(() => api.close());

  const outbound = (about: Outbound, apiUrl = api.url): Outbound => {
    const to = fixture.to?.(apiUrl);
    return to === undefined ? about : { ...about, to };
  };
  const answerWith = (reply: Reply): void => {
    api.answer = (incoming) => (incoming.path === '/token' ? TOKEN : reply);
  };
  const sendAgainst = (reply: Reply, deadlineMs = DEADLINE_MS) => {
    answerWith(reply);
    return provider.send(outbound(fixture.outbound), deadlineMs);
  };

  describe('configuration', () => {
    test('without its variables there is no such provider', () => {
      expect(createAll({})).toEqual([]);
    });

    test('half a configuration is refused by name', () => {
      const { [fixture.halfWithout]: __, ...half } = fixture.settings(api.url);
      expect(() => createAll(half)).toThrow(ConfigurationError);
      expect(() => createAll(half)).toThrow(fixture.halfWithout);
    });
  });

  describe('sending', () => {
    test('the acceptance in the words of the API is accepted', async () => {
      const outcome = await sendAgainst(fixture.acceptance);
      expect(outcome).toEqual({ kind: 'accepted', providerMessageId: fixture.acceptedId });
    });

    test('the request carries the attempt, so that its callbacks can be told apart', async () => {
      await sendAgainst(fixture.acceptance);
      const request = api.requests.at(-1);
      expect(request && (fixture.said ?? plain)(request)).toContain(ATTEMPT);
    });

    test.each<[string, Reply]>([
      ['an HTML page with 200', { status: 200, body: '<html>Welcome</html>' }],
      ['an empty body with 200', { status: 200, body: '' }],
      ['an error in JSON with 200', { status: 200, body: { error: { code: 400 } } }],
      ['half of a document with 200', { status: 200, body: '{"name": "phones/+1' }],
      ['an endless body with 200', { status: 200, body: 'x'.repeat(1_000_000) }],
      ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1/' }, body: '' }],
      ['the error page of a gateway', { status: 502, body: '<html>Bad Gateway</html>' }],
      ['a gateway that gave up waiting', { status: 504, body: '' }],
    ])('%s is unknown', async (_name, reply) => {
      expect(await sendAgainst(reply)).toMatchObject({ kind: 'unknown' });
    });

    test('a connection that is cut before the answer is unknown', async () => {
      expect(await sendAgainst('cut')).toMatchObject({ kind: 'unknown' });
    });

    test('an answer that does not come within the deadline is unknown', async () => {
      expect(await sendAgainst('hang', 100)).toMatchObject({ kind: 'unknown' });
    });

    test('a refused connection is refused: nothing was sent', async () => {
      const url = (await closedUrl()).replace(/^http/, fixture.tls ? 'https' : 'http');
      const nobody = configured(fixture.settings(url));
      const outcome = await nobody.send(outbound(fixture.outbound, url), DEADLINE_MS);
      await nobody.close();
      expect(outcome).toMatchObject({ kind: 'refused', code: FailureCode.PROVIDER_FAULT });
    });

    test.each([
      [401, FailureCode.AUTH],
      [403, FailureCode.SENDER_REJECTED],
      [429, FailureCode.THROTTLED],
      [503, FailureCode.PROVIDER_FAULT],
    ])('a bare %i is refused as %s', async (status, code) => {
      expect(await sendAgainst({ status, body: '' })).toMatchObject({ kind: 'refused', code });
    });

    test('429 keeps the seconds of Retry-After', async () => {
      const reply = { status: 429, headers: { 'retry-after': '7' }, body: '' };
      expect(await sendAgainst(reply)).toMatchObject({ kind: 'refused', retryAfterMs: 7000 });
    });

    test('content over a limit is refused before anything is sent', async () => {
      answerWith(fixture.acceptance);
      const requestCount = api.requests.length;
      const outcome = await provider.send(outbound(fixture.tooLong), DEADLINE_MS);
      expect(outcome).toMatchObject({ kind: 'refused', code: FailureCode.INVALID_CONTENT });
      expect(api.requests).toHaveLength(requestCount);
    });

    test('every failure code of the samples has its canonical code', async () => {
      for (const [code, failure] of Object.entries(fixture.failureCodes)) {
        const answer = fixture.failureAnswer(code);
        if (answer === null) continue;
        const outcome = await sendAgainst(answer);
        expect({ code, outcome }).toMatchObject({
          code,
          outcome: { kind: 'refused', code: failure },
        });
      }
    });
  });

  describe('callbacks', () => {
    const { delivered, unheardOf } = fixture.statuses;
    const [present, old] = fixture.secrets;
    const genuine = fixture.sign(fixture.callback(delivered), present);

    test('a signed callback is genuine', () => {
      expect(provider.verify(genuine)).toEqual({ kind: 'genuine' });
    });

    test('the old secret still works during a rotation', () => {
      const signedBefore = fixture.sign(fixture.callback(delivered), old);
      expect(provider.verify(signedBefore)).toEqual({ kind: 'genuine' });
    });

    test('a stray comma among the secrets does not let an empty one sign', async () => {
      const settings = {
        ...fixture.settings(api.url),
        [fixture.secretsVariable]: `${present}, ,`,
      };
      const careless = configured(settings);
      const unkeyed = fixture.sign(fixture.callback(delivered), '');
      expect(careless.verify(unkeyed)).toMatchObject({ kind: 'forged' });
      expect(careless.verify(genuine)).toEqual({ kind: 'genuine' });
      await careless.close();
    });

    test('an unsigned callback is refused', () => {
      const unsigned = fixture.unsign?.(genuine) ?? { ...genuine, headers: {} };
      expect(provider.verify(unsigned)).toMatchObject({ kind: 'forged' });
    });

    test('a callback signed with another secret is refused', () => {
      const stranger = fixture.sign(fixture.callback(delivered), 'guessed-token');
      expect(provider.verify(stranger)).toMatchObject({ kind: 'forged' });
    });

    test('a tampered callback is refused', () => {
      expect(provider.verify(fixture.tamper(genuine))).toMatchObject({ kind: 'forged' });
    });

    test('junk is forged and makes no event', () => {
      const junk = fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      );
      fc.assert(
        fc.property(junk, (bytes) => {
          const callback = { ...genuine, body: Buffer.from(bytes) };
          expect(provider.verify(callback)).toMatchObject({ kind: 'forged' });
          expect(provider.events(callback)).toEqual([]);
        }),
      );
    });

    test('a delivery names our attempt', () => {
      const [event, ...more] = provider.events(genuine);
      expect(event).toMatchObject({ type: 'DELIVERED', attemptId: ATTEMPT, failureCode: null });
      expect(more).toEqual([]);
    });

    test('every failure code of the samples has its canonical code', () => {
      const untold = Object.entries(fixture.failureCodes).filter(([code, failure]) => {
        const callback = fixture.failureCallback(code);
        if (callback === null) return fixture.failureAnswer(code) === null;
        const [event] = provider.events({ ...callback, headers: {} });
        return event?.failureCode !== failure;
      });
      expect(untold).toEqual([]);
    });

    test('a repeated event has the same key, and another event another', () => {
      const keyOf = (status: string) =>
        provider.events(fixture.callback(status) as never)[0]?.dedupeKey;
      expect(keyOf(delivered)).toBe(keyOf(delivered));
      expect(keyOf(delivered)).not.toBe(keyOf(unheardOf));
    });

    test.each([unheardOf, 'constructor', '__proto__'])(
      'a status that nobody knows, as %s, is kept without a type',
      (status) => {
        const [event, ...more] = provider.events(fixture.sign(fixture.callback(status), present));
        expect(event).toMatchObject({ type: null, failureCode: null, providerCode: status });
        expect(more).toEqual([]);
      },
    );
  });
});
