// What the platform refuses: each with its own typed result, and nothing written.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startParley, type Parley } from '../support/parley.ts';
import {
  approveTemplate,
  capabilityKnown,
  freshPhone,
  PAYMENT,
  recordConsent,
  registerRecipient,
  send,
  withdrawConsent,
} from '../support/story.ts';

describe('sendMessage', () => {
  let parley: Parley;
  let recipientId: string;

  beforeAll(async () => {
    parley = await startParley('together');
    await approveTemplate(parley);
    recipientId = await registerRecipient(parley, { phone: freshPhone() });
    await capabilityKnown(parley, recipientId);
    await recordConsent(parley, recipientId);
  }, 60_000);

  afterAll(() => parley.stop(), 30_000);

  /** Rows of everything that an accepted message writes. */
  const writtenRows = async (): Promise<number> => {
    const client = new Client({ connectionString: parley.databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ count: number }>(
        `select ((select count(*) from messages.message) + (select count(*) from messages.attempt)
           + (select count(*) from messages.event where name = 'message.accepted')
           + (select count(*) from messages.envelope))::int as count`,
      );
      return rows[0]?.count ?? -1;
    } finally {
      await client.end();
    }
  };

  const expectRefusal = async (
    more: object,
    error: { __typename: string; code: string; path: string[] },
    token?: string,
  ): Promise<void> => {
    const before = await writtenRows();
    const result = await send(parley, recipientId, more, token);
    expect(result.message).toBeNull();
    expect(result.errors).toMatchObject([error]);
    expect(result.errors[0].message).not.toBe('');
    expect(await writtenRows()).toBe(before);
  };

  it('answers the same key with the same message, and says that it is a replay', async () => {
    const first = await send(parley, recipientId, { idempotencyKey: 'order-1' });
    const again = await send(parley, recipientId, { idempotencyKey: 'order-1' });
    expect(first.replayed).toBe(false);
    expect(again).toMatchObject({ replayed: true, errors: [], message: { id: first.message.id } });
  });

  it('makes one message of 50 concurrent twins', async () => {
    const twins = await Promise.all(
      Array.from({ length: 50 }, () => send(parley, recipientId, { idempotencyKey: 'twin' })),
    );
    expect(new Set(twins.map(({ message }) => message.id)).size).toBe(1);
    expect(twins.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  it('refuses the same key with another body', async () => {
    await send(parley, recipientId, { idempotencyKey: 'order-2' });
    await expectRefusal(
      {
        idempotencyKey: 'order-2',
        variables: [
          { name: 'amount', value: '$99' },
          { name: 'card', value: '1' },
        ],
      },
      {
        __typename: 'IdempotencyKeyReused',
        code: 'IDEMPOTENCY_KEY_REUSED',
        path: ['idempotencyKey'],
      },
    );
  });

  it('refuses an unknown recipient', () =>
    expectRefusal(
      { recipientId: 'rcp_01h455vb4pex5vsknk084sn02q' },
      { __typename: 'NotFound', code: 'NOT_FOUND', path: ['recipientId'] },
    ));

  it('refuses another tenant’s recipient in the same words as an unknown one', async () => {
    const token = await parley.token({ tenant: 'globex' });
    await approveTemplate(parley, PAYMENT, token);
    const foreign = await send(parley, recipientId, {}, token);
    const unknown = await send(parley, 'rcp_01h455vb4pex5vsknk084sn02q', {}, token);
    expect(foreign.errors).toEqual(unknown.errors);
    expect(foreign.errors).toMatchObject([{ __typename: 'NotFound' }]);
  });

  it('refuses a template without an approved version', () =>
    expectRefusal(
      { template: 'unheard_of' },
      { __typename: 'TemplateNotApproved', code: 'TEMPLATE_NOT_APPROVED', path: ['template'] },
    ));

  it('refuses a missing variable, and names it', () =>
    expectRefusal(
      { variables: [{ name: 'amount', value: '$1' }] },
      { __typename: 'VariablesInvalid', code: 'VARIABLES_INVALID', path: ['variables', 'card'] },
    ));

  it('refuses a recipient who never consented', async () => {
    const stranger = await registerRecipient(parley, { phone: freshPhone() });
    await capabilityKnown(parley, stranger);
    await expectRefusal(
      { recipientId: stranger },
      { __typename: 'ConsentRefused', code: 'CONSENT_REFUSED', path: ['recipientId'] },
    );
  });

  it('refuses as soon as the consent is withdrawn', async () => {
    const person = await registerRecipient(parley, { phone: freshPhone() });
    await capabilityKnown(parley, person);
    await recordConsent(parley, person);
    expect((await send(parley, person)).errors).toEqual([]);
    await withdrawConsent(parley, person);
    await expectRefusal(
      { recipientId: person },
      { __typename: 'ConsentRefused', code: 'CONSENT_REFUSED', path: ['recipientId'] },
    );
  });

  it('says why there is no route when only plain text would be left for what is highly sensitive', async () => {
    await approveTemplate(parley, {
      ...PAYMENT,
      name: 'lab_result',
      sensitivity: 'HIGH',
      channels: ['EMAIL'],
    });
    await expectRefusal(
      { template: 'lab_result' },
      { __typename: 'NoRoute', code: 'NO_ROUTE', path: ['recipientId'] },
    );
  });

  it.each([
    ['no token', null],
    ['a forged token', 'eyJhbGciOiJub25lIn0.eyJ0ZW5hbnQiOiJhY21lIn0.'],
  ])('refuses %s', async (_, token) => {
    const before = await writtenRows();
    const result = await send(parley, recipientId, {}, token);
    expect(result.errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect(await writtenRows()).toBe(before);
  });

  it('refuses a token without the scope', async () => {
    const token = await parley.token({ scopes: ['messages:read'] });
    const result = await send(parley, recipientId, {}, token);
    expect(result.errors[0].extensions.code).toBe('FORBIDDEN');
  });
});
