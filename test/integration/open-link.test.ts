// Opening links against a real database and keystore: across a rotation, for the attempt that carried them, and no other.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeLinkToken } from '../../crypto/link-token.ts';
import { publicId, uuidOf } from '../../schema/ids.ts';
import type { Protection } from '../../schema/vocabulary.ts';
import { linkAudience } from '../../subgraphs/messages/link-of.ts';
import { openLink } from '../../subgraphs/messages/open-link.ts';
import { createRecipientFacts } from '../../subgraphs/recipients/facts.ts';
import { registered, startPeople, type People } from '../support/people.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

const deps = () => {
  const { kms, clock, work, databases } = people;
  const recipientFacts = createRecipientFacts({ kms, clock, bus: work.bus });
  return {
    database: databases.messages,
    kms,
    clock,
    ports: { recipientFacts },
  };
};

interface Sent {
  readonly messageId: string;
  readonly recipientId: string;
  /** UUIDs of its attempts. */
  readonly attempts: readonly string[];
}

let count = 0;
/** A message with an attempt of each of these protections, as rows. */
async function sent(...protections: Protection[]): Promise<Sent> {
  count += 1;
  const recipient = await registered(people, { phone: `+1415200${1_000 + count}` });
  const recipientId = uuidOf('recipient', recipient) ?? '';
  const messageId = people.work.newUuid();
  await people.sql(
    `insert into messages.message (tenant_id, id, idempotency_key, request_digest, recipient_id, template_id, locale,
       variables_sealed, decision, phase, expires_at, created_at)
     values ('acme', $1, $2, '', $3, uuidv7(), 'en', '', '{}', 'ACTIVE', now(), now())`,
    [messageId, randomUUID(), recipientId],
  );
  const attempts = protections.map(() => people.work.newUuid());
  for (const [index, id] of attempts.entries()) {
    await people.sql(
      `insert into messages.attempt (tenant_id, id, message_id, number, channel, protection, provider, state, tries, changed_at)
       values ('acme', $1, $2, $3, 'SMS', $4, 'twilio', 'SENT', 1, now())`,
      [id, messageId, index + 1, protections[index]],
    );
  }
  return { messageId, recipientId, attempts };
}

async function tokenOf(of: Sent, attempt = 0, tenant = 'acme'): Promise<string> {
  const { key } = await people.kms.macKey({ tenant, use: 'link' });
  return makeLinkToken(key, {
    messageId: publicId('message', of.messageId),
    audience: linkAudience({ ...of, attemptId: of.attempts[attempt] ?? '' }),
    expiresAt: people.clock.time + 60_000,
  });
}

describe('a link opens', () => {
  test('for the attempt that carried it, of several', async () => {
    const message = await sent('ENVELOPE', 'LINK_ONLY');
    for (const index of [0, 1]) {
      const link = await openLink(deps(), await tokenOf(message, index));
      expect(link).toMatchObject({
        tenantId: 'acme',
        messageId: message.messageId,
        attempt: { id: message.attempts[index] },
      });
    }
  });

  test('after its key was rotated once, and not after it was rotated again', async () => {
    const token = await tokenOf(await sent('LINK_ONLY'));
    await people.kms.rotate({ tenant: 'acme', use: 'link' });
    expect(await openLink(deps(), token)).not.toBeNull();
    await people.kms.rotate({ tenant: 'acme', use: 'link' });
    expect(await openLink(deps(), token)).toBeNull();
  });
});

describe('a link opens nothing', () => {
  test('when its key was destroyed, and later ones still open', async () => {
    const message = await sent('LINK_ONLY');
    const old = await tokenOf(message);
    const ref = { tenant: 'acme', use: 'link' } as const;
    const { version } = await people.kms.macKey(ref);
    await people.kms.rotate(ref);
    await people.kms.destroy(ref, version);
    expect(await openLink(deps(), old)).toBeNull();
    expect(await openLink(deps(), await tokenOf(message))).not.toBeNull();
  });

  test('for an attempt that carried none, or that is of another message', async () => {
    const message = await sent('CLEAR', 'LINK_ONLY');
    const other = await sent('LINK_ONLY');
    expect(await openLink(deps(), await tokenOf(message, 0))).toBeNull();
    const borrowed = { ...message, attempts: other.attempts };
    expect(await openLink(deps(), await tokenOf(borrowed))).toBeNull();
  });

  test('with the key of another tenant, for another person, or when its time is over', async () => {
    const message = await sent('LINK_ONLY');
    expect(await openLink(deps(), await tokenOf(message, 0, 'globex'))).toBeNull();
    const stranger = { ...message, recipientId: (await sent('LINK_ONLY')).recipientId };
    expect(await openLink(deps(), await tokenOf(stranger))).toBeNull();
    const token = await tokenOf(message);
    expect(await openLink(deps(), token)).not.toBeNull();
    people.clock.time += 60_000;
    expect(await openLink(deps(), token)).toBeNull();
  });

  test.each(['', 'x', 'msg_.', `${'a'.repeat(64)}.${'A'.repeat(27)}`, `msg_x.${'A'.repeat(28)}`])(
    'that is none: %j',
    async (token) => {
      expect(await openLink(deps(), token)).toBeNull();
    },
  );
});
