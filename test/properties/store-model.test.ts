// The rows of the simulation against PostgreSQL: messages, attempts, statuses and callbacks, by the engine's own statements.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AttemptState, MessageStatus } from '../../schema/vocabulary.ts';
import { ACCEPTED, joinStatus } from '../../subgraphs/delivery/domain/receipt-status.ts';
import { lockStandings, saveStandings } from '../../subgraphs/delivery/store/fold-events.ts';
import {
  insertCallbacks,
  lockDueCallbacks,
  settleCallbacks,
} from '../../subgraphs/delivery/store/insert-callbacks.ts';
import {
  findNamedAttempts,
  findSentAttempts,
  insertSentAttempts,
  nameSentAttempts,
} from '../../subgraphs/delivery/store/sent-attempts.ts';
import type { Decision } from '../../subgraphs/messages/domain/decision.ts';
import { plannedAttempt } from '../../subgraphs/messages/domain/message-state.ts';
import { insertMessages } from '../../subgraphs/messages/store/insert-messages.ts';
import { lockMessages } from '../../subgraphs/messages/store/load-messages.ts';
import { saveAttempts, saveEnds } from '../../subgraphs/messages/store/save-attempts.ts';
import { RCS } from '../support/lifecycle.ts';
import { openTwoStores, type Side, type TwoStores } from '../support/two-stores.ts';

const TENANT = 'acme';
const TIME = 1_767_225_600_000;
const PLACES = [0, 1, 2, 3];
const RUNS = 40;

type Work<T> = (side: Side) => Promise<T>;
const uuid = (kind: number, place: number): string =>
  `00000000-0000-7000-8000-${String(kind * 1_000 + place).padStart(12, '0')}`;
const messageId = (place: number): string => uuid(1, place);
const attemptId = (place: number, number: number): string => uuid(2, place * 10 + number);

let messages: TwoStores & { empty(): Promise<void> };
let delivery: TwoStores & { empty(): Promise<void> };
beforeAll(async () => {
  messages = await openTwoStores('messages', { 'messages.message': [], 'messages.attempt': [] });
  delivery = await openTwoStores('delivery', {
    'delivery.raw_callback': ['due_at'],
    'delivery.message_status': [],
    'delivery.sent_attempt': [],
  });
});
afterAll(async () => {
  await messages.close();
  await delivery.close();
});

const place = fc.constantFrom(...PLACES);

/** The same key may come for several messages: the first one has it. */
const accepted = (message: number, key: number): Work<unknown> => {
  const attempt = plannedAttempt(RCS, {
    id: attemptId(message, 1),
    number: 1,
    line: 1,
    reason: null,
  });
  const decision: Decision = {
    policyVersion: '1',
    decidedAt: '',
    candidates: [],
    capabilities: [],
  };
  const row = {
    tenantId: TENANT,
    id: messageId(message),
    idempotencyKey: `key-${key}`,
    requestDigest: '1.digest',
    recipientId: uuid(3, 0),
    templateId: uuid(4, 0),
    reference: null,
    locale: 'en',
    variablesSealed: Buffer.from('sealed'),
    decision,
    sendAt: null,
    expiresAt: TIME + message,
    createdAt: TIME,
    attempts: [attempt],
  };
  return async ({ tx }) => {
    const inserted = [...(await insertMessages(tx, [row]))];
    const saved = { tenantId: TENANT, messageId: row.id, attempt, evidence: {} };
    if (inserted.length > 0) await saveAttempts(tx, [saved], TIME);
    return inserted;
  };
};

const changed = (
  message: number,
  number: number,
  to: AttemptState,
  tries: number,
): Work<unknown> => {
  const planned = plannedAttempt(RCS, {
    id: attemptId(message, number),
    number,
    line: 1,
    reason: 'PERMANENT_FAILURE',
  });
  const failureCode = to === 'FAILED' ? 'BLOCKED' : null;
  const startedAt = tries === 0 ? null : TIME + tries;
  const attempt = { ...planned, state: to, tries, failureCode, startedAt } as const;
  const change = { tenantId: TENANT, messageId: messageId(message), attempt, evidence: {} };
  return ({ tx }) => saveAttempts(tx, [change], TIME);
};

const ended = (message: number): Work<unknown> => {
  const end = { tenantId: TENANT, id: messageId(message), status: 'EXPIRED', reason: 'x' } as const;
  return ({ tx }) => saveEnds(tx, [end]);
};

it('keeps messages and attempts as PostgreSQL does', async () => {
  const deed = fc.oneof(
    fc.tuple(place, place).map(([message, key]) => accepted(message, key)),
    fc
      .tuple(
        place,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(...Object.values(AttemptState)),
        fc.nat(3),
      )
      .map(([message, number, to, tries]) => changed(message, number, to, tries)),
    place.map(ended),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 20 }), async (deeds) => {
      await messages.empty();
      for (const message of PLACES) await expectSame(messages, accepted(message, message));
      for (const work of deeds) await expectSame(messages, work);
      const keys = PLACES.map((one) => ({ tenantId: TENANT, messageId: messageId(one) }));
      await expectSame(messages, async ({ tx }) => [...(await lockMessages(tx, keys))]);
    }),
    { numRuns: RUNS },
  );
}, 120_000);

/** `hours`: until it comes up again, where its attempt is not known yet. */
interface Callback {
  readonly known: boolean;
  readonly hours: number;
}

it('keeps callbacks, attempts that were sent and statuses as PostgreSQL does', async () => {
  let callbacks = 0;
  const come = fc.array(fc.record({ known: fc.boolean(), hours: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 1,
    maxLength: 3,
  });
  const taken = (fates: readonly Callback[]): Work<unknown> => {
    const rows = fates.map(() => {
      callbacks += 1;
      const id = uuid(5, callbacks);
      return { id, provider: 'rcs', sealed: Buffer.from(id), receivedAt: TIME };
    });
    return async ({ tx }) => {
      await insertCallbacks(tx, rows);
      const due = await lockDueCallbacks(tx, 100);
      const settled = due.map(({ id, tries }) => {
        const { known, hours } = fates[tries % fates.length] ?? { known: true, hours: 0 };
        const state = known ? ('MATCHED' as const) : ('NEW' as const);
        return { id, tenantId: known ? TENANT : '', state, delayMs: known ? 0 : hours * 3_600_000 };
      });
      await settleCallbacks(tx, settled);
      return due.map(({ id, tries, provider }) => `${id} ${tries} ${provider}`).sort();
    };
  };
  const deed: fc.Arbitrary<Work<unknown> | 'pass'> = fc.oneof(
    come.map(taken),
    fc.constant('pass' as const),
    fc.tuple(place, fc.boolean()).map(([one, isNamed]) => sent(one, isNamed)),
    fc
      .tuple(place, fc.constantFrom(...Object.values(MessageStatus)))
      .map(([one, to]) => told(one, to)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 25 }), async (deeds) => {
      await delivery.empty();
      for (const work of deeds) {
        if (work === 'pass') await delivery.pass(1.5);
        else await expectSame(delivery, work);
      }
    }),
    { numRuns: RUNS },
  );
}, 120_000);

/** Two attempts of one carrier may get the same name: then the later one has it. */
function sent(message: number, isNamed: boolean): Work<unknown> {
  const id = attemptId(message, 1);
  const providerMessageId = `name-${message % 2}`;
  const attempt = {
    tenantId: TENANT,
    attemptId: id,
    messageId: messageId(message),
    recipientId: uuid(3, 0),
    channel: 'RCS',
    protection: 'CLEAR',
    provider: 'rcs',
  } as const;
  return async ({ tx }) => {
    await insertSentAttempts(tx, [attempt]);
    if (isNamed)
      await nameSentAttempts(tx, [{ tenantId: TENANT, attemptId: id, providerMessageId }]);
    const byName = await findNamedAttempts(tx, [{ provider: 'rcs', providerMessageId }]);
    const byId = await findSentAttempts(
      tx,
      PLACES.map((one) => attemptId(one, 1)),
    );
    return {
      byId: [...byId].sort(([a], [b]) => (a < b ? -1 : 1)),
      byName: [...(byName.get('rcs') ?? [])],
    };
  };
}

function told(message: number, to: MessageStatus): Work<unknown> {
  const key = { tenantId: TENANT, messageId: messageId(message), recipientId: uuid(3, 0) };
  return async ({ tx }) => {
    const before = (await lockStandings(tx, [key])).get(key.messageId) ?? ACCEPTED;
    const standing = { ...before, status: joinStatus(before.status, to), sentAt: TIME + message };
    await saveStandings(tx, [{ ...key, standing }]);
    return { before, after: [...(await lockStandings(tx, [key]))] };
  };
}

async function expectSame(stores: TwoStores, work: Work<unknown>): Promise<void> {
  const { postgres, memory } = await stores.both(work);
  expect(memory).toEqual(postgres);
}
