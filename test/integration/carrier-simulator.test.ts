// The simulator itself: its control surface, its history, and its life as a process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHttpClient, type HttpClient } from '../../platform/http-client.ts';
import { startCarrier } from '../../simulator/index.ts';
import {
  DEADLINE_MS,
  eventually,
  outboundTo,
  startHarness,
  type CarrierHarness,
} from '../support/carrier-harness.ts';

const RCS = { channel: 'RCS', title: null, body: 'Hello.', actions: [] } as const;
const SMS = { channel: 'SMS', text: 'Hello.' } as const;

describe('the control surface over HTTP', () => {
  let harness: CarrierHarness;
  let http: HttpClient;

  beforeAll(async () => {
    harness = await startHarness();
    const baseUrl = `http://127.0.0.1:${harness.carrier.ports.control}`;
    const limits = { timeoutMs: 5000, bodyMaxBytes: 1_000_000, connectionsMax: 2 };
    http = createHttpClient({ ...limits, baseUrl });
  });
  beforeEach(() => harness.carrier.control.reset());
  afterAll(async () => {
    await http.close();
    await harness.close();
  });

  const call = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, given?: object) => {
    const body = given === undefined ? {} : { body: JSON.stringify(given) };
    const answer = await http.request({ method, path, ...body });
    return { status: answer.status, body: JSON.parse(answer.body.toString()) as unknown };
  };

  test('sets, shows and removes the profile of a number', async () => {
    const path = '/profiles/%2B14155550142';
    await call('PUT', path, { submit: ['503'], rcs: { reachable: false } });
    expect(await call('GET', path)).toMatchObject({
      body: { submit: [{ kind: 'status', status: 503 }], rcs: { reachable: false } },
    });
    await call('DELETE', path);
    expect(await call('GET', path)).toMatchObject({ body: { submit: [{ kind: 'ok' }] } });
  });

  test('replays receipts, shows the phone, the journal and the counts', async () => {
    const outbound = outboundTo('+14155550100', RCS);
    await harness.rbm.send(outbound, DEADLINE_MS);
    await harness.eventsOf(outbound.attemptId, 1);
    const replayed = await call('POST', `/receipts/${outbound.attemptId}/replay`, {
      receipt: 'read',
    });
    expect(replayed.status).toBe(200);
    await harness.eventsOf(outbound.attemptId, 2);
    expect(await call('GET', '/handsets/%2B14155550100')).toMatchObject({
      body: { messages: [{ text: 'Hello.' }] },
    });
    const { body } = await call('GET', '/journal?from=1');
    const { entries } = body as { entries: { direction: string; path: string }[] };
    expect(entries.map(({ direction }) => direction)).toEqual(
      expect.arrayContaining(['in', 'out']),
    );
    expect(await call('GET', '/stats')).toMatchObject({ body: { messageCount: { rbm: 1 } } });
  });

  test('heals a wire whose faults are put back', async () => {
    await call('PUT', '/faults', { scope: 'twilio', partition: true });
    const cut = await harness.twilio.send(outboundTo('+14155550100', SMS), DEADLINE_MS);
    expect(cut).toMatchObject({ kind: 'unknown' });
    await call('PUT', '/faults', { scope: '*' });
    const healed = await harness.twilio.send(outboundTo('+14155550100', SMS), DEADLINE_MS);
    expect(healed).toMatchObject({ kind: 'accepted' });
  });

  test('holds callbacks back while they are cut off, and loses none', async () => {
    await call('PUT', '/faults', { scope: 'callbacks', partition: true });
    const outbound = outboundTo('+14155550100', SMS);
    await harness.twilio.send(outbound, DEADLINE_MS);
    const lost = () => harness.carrier.control.stats().counts['twilio out no answer'] ?? 0;
    await eventually(() => lost() >= 2);
    await call('PUT', '/faults', { scope: 'callbacks' });
    expect(await harness.eventsOf(outbound.attemptId, 2)).toHaveLength(2);
  });

  test.each<['GET' | 'PUT' | 'POST', string, object, number]>([
    ['PUT', '/profiles/%2B1', { submit: ['sometimes'] }, 400],
    ['PUT', '/profiles/%2B1', { submitt: ['ok'] }, 400],
    ['PUT', '/profiles/%2B1', { receipts: [['failed:NOBODY', 1]] }, 400],
    ['PUT', '/faults', { scope: 'mars' }, 400],
    ['PUT', '/faults', { scope: 'rbm', errorRatio: 2 }, 400],
    ['PUT', '/webhooks', { rbm: 'https://example.com/' }, 400],
    ['POST', '/inbound', { channel: 'FAX', from: '+1' }, 400],
    ['POST', '/receipts/nobody/replay', {}, 404],
    ['GET', '/nothing', {}, 404],
  ])('%s %s with %j is refused', async (method, path, given, status) => {
    const answer = await call(method, path, given);
    expect(answer).toMatchObject({ status, body: { error: expect.any(String) } });
  });
});

test('the history says what was taken, refused, told and revoked', async () => {
  const harness = await startHarness();
  const [read, refused, expired, text] = [
    outboundTo('+14155550200', RCS),
    outboundTo('+14155550404', RCS),
    outboundTo('+14155550003', RCS, 1),
    outboundTo('+14155550100', SMS),
  ];
  for (const outbound of [read, refused, expired]) await harness.rbm.send(outbound, DEADLINE_MS);
  await harness.twilio.send(text, DEADLINE_MS);
  for (const { attemptId } of [read, text]) await harness.eventsOf(attemptId, 2);
  await harness.eventsOf(expired.attemptId, 1);
  const emitted = () => linesIn(harness.historyPath).filter(({ k }) => k === 'emit').length;
  await eventually(() => emitted() >= 5);

  const lines = linesIn(harness.historyPath);
  await harness.close();
  const about = ({ attemptId }: { attemptId: string }) =>
    lines.filter(({ attempt }) => attempt === attemptId).map(({ k, status }) => status ?? k);
  expect(about(read)).toEqual(['accept', 'DELIVERED', 'READ']);
  expect(about(refused)).toEqual(['reject']);
  expect(about(expired)).toEqual(['accept', 'revoked-at-provider', 'EXPIRED']);
  expect(about(text)).toEqual(['accept', 'SENT', 'DELIVERED']);
  expect(lines.every(({ t }) => typeof t === 'number')).toBe(true);
});

const linesIn = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a restart with the same credentials and ports serves the same customer', async () => {
  const first = await startCarrier();
  await first.close();
  const { credentials, ports, serviceAccount } = first;
  const second = await startCarrier({ credentials, ports });
  expect(second.serviceAccount).toEqual(serviceAccount);
  expect(second.ports).toEqual(ports);
  await second.close();
});

describe('the process', () => {
  const start = (argument: object) => {
    const child = spawn(process.execPath, ['dist/simulator/main.js', JSON.stringify(argument)]);
    const exit = new Promise((resolve) => child.once('exit', resolve));
    return { child, exit };
  };

  const firstLine = async (stream: Readable): Promise<string> => {
    const [line] = (await once(createInterface(stream), 'line')) as [string];
    return line;
  };

  test.each(['the end of its input', 'SIGTERM'])(
    'says where it listens, and ends at %s',
    async (how) => {
      const { child, exit } = start({ timeScale: 10 });
      const line = await firstLine(child.stdout);
      if (how === 'SIGTERM') child.kill('SIGTERM');
      else child.stdin.end();
      const told = JSON.parse(line) as { ports: object; serviceAccount: object };
      expect(told.ports).toEqual({
        rbm: expect.any(Number),
        twilio: expect.any(Number),
        smpp: expect.any(Number),
        smtp: expect.any(Number),
        push: expect.any(Number),
        apple: expect.any(Number),
        control: expect.any(Number),
      });
      expect(told.serviceAccount).toMatchObject({ type: 'service_account' });
      expect(await exit).toBe(0);
    },
  );

  test('refuses an option that it does not know', async () => {
    const { child, exit } = start({ tiemScale: 10 });
    expect(await firstLine(child.stderr)).toBe('the argument has no tiemScale');
    expect(await exit).toBe(2);
  });
});
