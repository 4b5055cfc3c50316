// Didomi's webhooks: what each event tells, under whose law, and what is refused instead of guessed.
import { expect, it } from '@jest/globals';
import { readDidomi } from '../../../../../../subgraphs/consent/domain/cmp/didomi.ts';
import { sample } from '../../../../../support/samples.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const AT = Date.parse('2026-11-20T10:42:17Z');

interface DidomiEvent {
  type: string;
  regulation?: string;
  parameters: Record<string, Record<string, unknown>>;
}
const official = (): DidomiEvent => sample<DidomiEvent>('cmp/didomi-event');
const withEntity = (over: object, event: object = {}): object => {
  const { parameters, ...envelope } = official();
  return { ...envelope, ...event, parameters: { entity: { ...parameters['entity'], ...over } } };
};
const read = (body: unknown) => readDidomi(body, NOW);

it('a consent event is the choices of one person under one regulation', () => {
  expect(read(official())).toEqual({
    id: 'event.created 00b89328-e3d5-4068-b346-8f4fcb4618df 2026-11-20T10:42:17.000Z',
    address: { kind: 'PHONE', text: '+14155557001' },
    regulation: 'GDPR',
    jurisdiction: 'FR',
    policyVersion: null,
    cmp: { name: 'Didomi', version: 'v2' },
    choices: [
      expect.objectContaining({ code: 'marketing_messages', action: 'GRANTED', occurredAt: AT }),
      expect.objectContaining({ code: 'cookies', action: 'GRANTED' }),
    ],
  });
});

it('an updated event is read as it is now, and is another event', () => {
  const { parameters } = official();
  const updated = {
    ...parameters['entity'],
    updated_at: '2026-11-20T11:00:00Z',
    consents: { purposes: [{ id: 'marketing_messages', enabled: false }] },
  };
  const body = {
    type: 'event.updated',
    parameters: { source: {}, old_entity: parameters['entity'], new_entity: updated },
  };
  expect(read(body)).toMatchObject({
    id: 'event.updated 00b89328-e3d5-4068-b346-8f4fcb4618df 2026-11-20T11:00:00Z',
    regulation: 'GDPR',
    choices: [{ action: 'WITHDRAWN', occurredAt: Date.parse('2026-11-20T11:00:00Z') }],
  });
});

it.each(['event.deleted', 'user.created', 'user.updated', 'user.deleted', 'later.invented'])(
  '%s tells of no choice',
  (type) => {
    expect(read({ ...official(), type })).toBe('IGNORED');
  },
);

it.each([
  ['cpra', 'CPRA'],
  ['ccpa', 'CPRA'],
  ['gdpr', 'GDPR'],
])('an event under %s counts under %s', (regulation, expected) => {
  expect(read({ ...official(), regulation })).toMatchObject({ regulation: expected });
});

it.each(['ctdpa', 'none', '', 7])(
  'a regulation that is none of ours is refused: %j',
  (regulation) => {
    expect(read({ ...official(), regulation })).toMatchObject({ problem: 'REGULATION_UNKNOWN' });
  },
);

it('under a law that is none of ours nothing is granted, and what is withdrawn is withdrawn everywhere', () => {
  const purposes = [
    { id: 'marketing_messages', enabled: false },
    { id: 'cookies', enabled: true },
  ];
  expect(read(withEntity({ consents: { purposes } }, { regulation: 'ctdpa' }))).toMatchObject({
    regulation: 'ALL',
    choices: [{ code: 'marketing_messages', action: 'WITHDRAWN' }],
  });
});

it('a consent that waits for approval is none yet, and a withdrawal waits for nothing', () => {
  const status = 'pending_approval';
  expect(read(withEntity({ status }))).toBe('IGNORED');
  const purposes = [
    { id: 'marketing_messages', enabled: false },
    { id: 'cookies', enabled: true },
  ];
  const { choices } = read(withEntity({ status, consents: { purposes } })) as never;
  expect(choices).toMatchObject([{ code: 'marketing_messages', action: 'WITHDRAWN' }]);
});

it('a consent without a time that can be believed is refused, a withdrawal counts from now', () => {
  const purposes = (enabled: boolean) => ({ consents: { purposes: [{ id: 'm', enabled }] } });
  for (const time of [null, 'yesterday', '2026-11-20T10:42:17', '2026-11-20T13:00:00Z']) {
    const times = { created_at: time, updated_at: time };
    const refused = { problem: 'TIMES_CONTRADICT', path: 'parameters.entity.consents.purposes.0' };
    expect(read(withEntity({ ...times, ...purposes(true) }))).toMatchObject(refused);
    expect(read(withEntity({ ...times, ...purposes(false) }))).toMatchObject({
      choices: [{ action: 'WITHDRAWN', occurredAt: null }],
    });
  }
});

it.each([null, [], 7, 'text', {}, { type: 'event.created' }, { type: 7 }])(
  'what is no event is refused: %j',
  (body) => {
    expect(read(body)).toMatchObject({ problem: 'MALFORMED' });
  },
);

it.each<[object, string]>([
  [{ id: null }, 'MALFORMED'],
  [{ consents: {} }, 'MALFORMED'],
  [{ consents: { purposes: [] } }, 'MALFORMED'],
  [{ consents: { purposes: [{ id: 'm', enabled: 'yes' }] } }, 'MALFORMED'],
  [{ consents: { purposes: [null] } }, 'MALFORMED'],
  [{ user: {} }, 'IDENTIFIER_UNREADABLE'],
  [{ user: { organization_user_id: 'customer-7' } }, 'IDENTIFIER_UNREADABLE'],
])('an event with %j is refused', (over, problem) => {
  expect(read(withEntity(over))).toMatchObject({ problem });
});
