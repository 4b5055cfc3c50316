// What Infobip tells: reports and messages in its own form, whom they are from, and what proves them.
import { describe, expect, test } from '@jest/globals';
import type { RawCallback } from '../../../../providers/provider.ts';
import { appleSettings, LOGIN } from '../../../support/apple-messages-fixture.ts';
import { ATTEMPT, CALLBACK_BASE_URL, configured } from '../../../support/provider-fixtures.ts';
import { sample } from '../../../support/samples.ts';

type Body = { readonly results: readonly Record<string, unknown>[] };
const inbounds = sample<Record<string, Body>>('apple-messages/inbound');
const provider = configured(appleSettings('http://127.0.0.1:1'));
const PERSON = String(inbounds['a text']?.results[0]?.['to']);

const written = (body: object, login: string | null = LOGIN, query = ''): RawCallback => ({
  url: `${CALLBACK_BASE_URL}/apple-messages${query}`,
  headers:
    login === null ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
  body: Buffer.from(JSON.stringify(body)),
});

describe.each(Object.entries(inbounds))('%s', (_, body) => {
  test('is from the person, and about no attempt of ours', () => {
    const callback = written(body);
    expect(provider.verify(callback)).toEqual({ kind: 'genuine' });
    const [event, ...others] = provider.events(callback);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ attemptId: null, type: null, failureCode: null });
    expect(event?.inbound?.from).toMatch(/^urn:mbid:/);
    expect(event?.occurredAt).toBe(Date.parse('2026-11-20T12:00:00Z'));
  });
});

test('a text is heard', () => {
  const [event] = provider.events(written(inbounds['a text'] ?? {}));
  expect(event?.inbound).toEqual({
    from: PERSON,
    text: 'Where is my order?',
    tapped: null,
    keyword: null,
  });
});

test('a tap names its attempt and its answer', () => {
  const [given] = inbounds['a tap on an answer']?.results ?? [];
  const message = { ...(given?.['message'] as object), requestIdentifier: ATTEMPT };
  const [event] = provider.events(written({ results: [{ ...given, message }] }));
  expect(event).toMatchObject({
    type: 'REPLIED',
    attemptId: ATTEMPT,
    inbound: { from: PERSON, text: null, tapped: 'msg_1:help' },
  });
});

test.each([
  ['without a login', null, ''],
  ['with another login', 'infobip:guessed', ''],
  ['with an empty login', '', ''],
  ['at the URL of an attempt, which it proves nothing of', LOGIN, `?a=${ATTEMPT}`],
])('what comes %s is refused', (_, login, query) => {
  const body = inbounds['a text'] ?? {};
  expect(provider.verify(written(body, login, query))).toMatchObject({ kind: 'forged' });
});

test('the old login still works during a rotation', () => {
  const body = inbounds['a text'] ?? {};
  expect(provider.verify(written(body, 'infobip:old-password'))).toEqual({ kind: 'genuine' });
});

test('a report of another message than the URL’s is passed over', () => {
  const reports = sample<Record<string, Body>>('apple-messages/reports');
  const callback = written(reports['a delivery'] ?? {}, null, `?a=${ATTEMPT}`);
  expect(provider.events(callback)).toEqual([]);
});
