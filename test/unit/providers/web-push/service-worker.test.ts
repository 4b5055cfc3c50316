// The service worker of docs/push.md, as a browser would run it, with pushes of the real adapter.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import type { Outbound, Provider } from '../../../../providers/provider.ts';
import { startAnsweringServer, type AnsweringServer } from '../../../support/answering-server.ts';
import { ATTEMPT, CALLBACK_BASE_URL, configured } from '../../../support/provider-fixtures.ts';
import {
  openedPush,
  pushOutbound,
  subscriptionAt,
  webPush,
  webPushSettings,
} from '../../../support/web-push-fixture.ts';

interface Notification {
  readonly title: string;
  readonly options: { readonly tag: string; readonly actions: object[]; readonly data: unknown };
}
type Handler = (event: object) => void;

let service: AnsweringServer;
let provider: Provider;

beforeAll(async () => {
  service = await startAnsweringServer(webPush.tls);
  service.answer = () => webPush.acceptance;
  provider = configured(webPushSettings(service.url));
});
afterAll(async () => {
  await provider.close();
  await service.close();
});

/** The block of the document that is the worker, running in a browser of which we see everything. */
function startWorker() {
  const [, source = ''] =
    /`\/push-worker\.js`:\s+```js\n([\s\S]+?)```/.exec(readFileSync('docs/push.md', 'utf8')) ?? [];
  const handlers = new Map<string, Handler>();
  const notifications: Notification[] = [];
  const opened: string[] = [];
  const posted: { url: string; body: Buffer }[] = [];
  const waits: Promise<unknown>[] = [];
  const waitUntil = (work: Promise<unknown>): void => {
    waits.push(work);
  };
  runInNewContext(source, {
    self: {
      addEventListener: (name: string, handler: Handler) => handlers.set(name, handler),
      registration: {
        showNotification: (title: string, options: Notification['options']) => {
          notifications.push({ title, options });
          return Promise.resolve();
        },
      },
      clients: { openWindow: (url: string) => Promise.resolve(opened.push(url)) },
    },
    fetch: (url: string, { method, body }: { method: string; body: string }) => {
      expect(method).toBe('POST');
      posted.push({ url, body: Buffer.from(body) });
      return Promise.resolve();
    },
  });
  const dispatch = async (name: string, event: object): Promise<void> => {
    handlers.get(name)?.({ ...event, waitUntil });
    await Promise.all(waits);
  };
  return {
    notifications,
    opened,
    push: (text: string) => dispatch('push', { data: { json: () => JSON.parse(text) as unknown } }),
    tap: (action = '') => {
      const data = notifications.at(-1)?.options.data;
      return dispatch('notificationclick', { action, notification: { data, close: () => null } });
    },
    /** What the platform makes of what was posted. */
    told: () =>
      posted.map(({ url, body }) => {
        const callback = { url, headers: {}, body };
        expect(provider.verify(callback)).toEqual({ kind: 'genuine' });
        const [event] = provider.events(callback);
        return [event?.attemptId, event?.type];
      }),
  };
}

async function pushed(content: Partial<Outbound['content'] & object>): Promise<string> {
  const whole = { ...pushOutbound.content, ...content } as Outbound['content'];
  await provider.send({ ...pushOutbound, to: subscriptionAt(service.url), content: whole }, 5_000);
  return openedPush(service.requests.at(-1)?.body ?? Buffer.alloc(0));
}

test('the worker shows a push, and tells that it came', async () => {
  const worker = startWorker();
  await worker.push(await pushed({ title: 'Your order', body: 'It is on its way.' }));
  expect(worker.notifications).toMatchObject([
    { title: 'Your order', options: { body: 'It is on its way.', tag: pushOutbound.messageId } },
  ]);
  expect(worker.told()).toEqual([[ATTEMPT, 'DELIVERED']]);
});

test('a tap opens the secure link', async () => {
  const worker = startWorker();
  await worker.push(await pushed({ url: 'https://parley.example/l/token', isSealed: true }));
  await worker.tap();
  expect(worker.opened).toEqual(['https://parley.example/l/token']);
  expect(worker.told().at(-1)).toEqual([ATTEMPT, 'CLICKED']);
});

test('a tap on what leads nowhere opens the app', async () => {
  const worker = startWorker();
  await worker.push(await pushed({}));
  await worker.tap();
  expect(worker.opened).toEqual(['/']);
});

test('an action opens its page, or is an answer', async () => {
  const actions = [
    { id: 'receipt', label: 'View receipt', url: 'https://bank.example/r' },
    { id: 'help', label: 'Not me', url: null },
  ];
  const worker = startWorker();
  await worker.push(await pushed({ actions }));
  expect(worker.notifications[0]?.options.actions).toEqual([
    { action: 'receipt', title: 'View receipt' },
    { action: 'help', title: 'Not me' },
  ]);
  await worker.tap('receipt');
  await worker.tap('help');
  expect(worker.opened).toEqual(['https://bank.example/r']);
  expect(worker.told().map(([, type]) => type)).toEqual(['DELIVERED', 'CLICKED', 'REPLIED']);
});

test('receipts go to the platform’s own address', async () => {
  const { receipt } = JSON.parse(await pushed({})) as { receipt: string };
  expect(receipt).toMatch(new RegExp(`^${CALLBACK_BASE_URL}/web-push\\?`));
});
