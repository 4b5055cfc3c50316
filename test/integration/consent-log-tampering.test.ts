// What somebody could change in the database, past every guard: no byte of a record, a node or a checkpoint goes unseen.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leafHash } from '../../crypto/merkle-log.ts';
import { consentLogOf } from '../support/consent-log.ts';
import { startPeople, type People } from '../support/people.ts';

let people: People;
let log: ReturnType<typeof consentLogOf>;
beforeAll(async () => {
  people = await startPeople();
  log = consentLogOf(people);
  await log.recorded();
});
afterAll(() => people.close());

describe('somebody who may do everything in the database', () => {
  const CHANGES: readonly [column: string, value: string][] = [
    ['subject', `subject || 'x'`],
    ['linkage', `'HASHED_EMAIL'`],
    ['purpose', `'MARKETING'`],
    ['channel', `'RCS'`],
    ['action', `'WITHDRAWN'`],
    ['source', `'IVR'`],
    ['method', `'VOICE'`],
    ['jurisdiction', `'DE'`],
    ['regulation', `'GDPR'`],
    ['policy_version', `'2026-12'`],
    ['recipient_id', `gen_random_uuid()`],
    ['device_id', `gen_random_uuid()`],
    ['actor', `'nobody'`],
    ['idempotency_key', `'other'`],
    ['cmp_name', `'other'`],
    ['occurred_at', `occurred_at - interval '1 ms'`],
    ['recorded_at', `recorded_at + interval '1 ms'`],
    ['expires_at', `now()`],
    ['leaf_hash', `sha256(leaf_hash)`],
  ];

  /** Runs as the owner with the guard taken away, and undoes everything afterwards. */
  const tampered = async <T>(change: string, look: () => Promise<T>): Promise<T> => {
    const tables = ['consent_event', 'log_node', 'log_checkpoint', 'log_head'];
    for (const table of tables) {
      await people.sql(`create table kept_${table} as table consent.${table}`);
    }
    const guarded = tables.slice(0, 3);
    for (const table of guarded) {
      await people.sql(`alter table consent.${table} disable trigger append_only`);
    }
    try {
      await people.sql(change);
      return await look();
    } finally {
      for (const table of tables) {
        await people.sql(`delete from consent.${table}`);
        await people.sql(`insert into consent.${table} select * from kept_${table}`);
        await people.sql(`drop table kept_${table}`);
      }
      for (const table of guarded) {
        await people.sql(`alter table consent.${table} enable trigger append_only`);
      }
    }
  };

  it('finds an audit that has nothing to say before the change', async () => {
    await people.signLogs();
    const { count, findings } = await log.audit();
    expect(count).toBe(Number((await log.theLog()).size));
    expect(findings).toEqual([]);
  });

  it.each(CHANGES)('cannot change the %s of a record unseen', async (column, value) => {
    const id = await log.recorded();
    await people.signLogs();
    const { receipt, proof, logIndex } = await log.receiptOf(id);
    const change = `update consent.consent_event set ${column} = ${value} where tenant_id = 'acme' and log_index = ${logIndex}`;
    const seen = await tampered(change, async () => ({
      audited: (await log.audit()).findings,
      verified: await log.verification(receipt, proof),
    }));
    expect(seen.audited).toContainEqual({ problem: 'RECORD_ALTERED', index: logIndex });
    expect(seen.verified).toMatchObject({ isValid: false, problems: ['RECORD_ALTERED'] });
    expect((await log.audit()).findings).toEqual([]);
  });

  it('cannot change a record and its hash unseen: the checkpoint does not fit any more', async () => {
    const id = await log.recorded();
    await people.signLogs();
    const { logIndex, receipt } = await log.receiptOf(id);
    const forged = leafHash(
      Buffer.from(
        Buffer.from(receipt.split('.')[1] ?? '', 'base64url')
          .toString()
          .replace('"WEB"', '"IVR"'),
      ),
    ).toString('hex');
    const change = `update consent.consent_event set source = 'IVR', leaf_hash = decode('${forged}', 'hex')
      where tenant_id = 'acme' and log_index = ${logIndex}`;
    const seen = await tampered(change, async () => {
      await log.recorded();
      const before = await log.theLog();
      await people.signLogs();
      return { before, after: await log.theLog(), findings: (await log.audit()).findings };
    });
    expect(seen.findings).toContainEqual(
      expect.objectContaining({ problem: 'CHECKPOINT_INVALID' }),
    );
  });

  it('cannot take a record away unseen, nor a node, nor a checkpoint’s bytes', async () => {
    await log.recorded();
    await log.recorded();
    await people.signLogs();
    const last = Number((await log.theLog()).size) - 1;
    const where = `where tenant_id = 'acme'`;
    const gone = `delete from consent.consent_event ${where} and log_index = ${last - 1}`;
    expect((await tampered(gone, log.audit)).findings).toContainEqual({
      problem: 'RECORD_MISSING',
      index: String(last - 1),
    });
    const cut = `delete from consent.consent_event ${where} and log_index = ${last}`;
    expect((await tampered(cut, log.audit)).findings).toContainEqual({
      problem: 'CHECKPOINT_INVALID',
      index: String(last + 1),
    });
    const node = `update consent.log_node set hash = sha256(hash) ${where} and level = 2 and index = 0`;
    expect((await tampered(node, log.audit)).findings).toEqual([
      { problem: 'NODE_ALTERED', index: '3' },
    ]);
    const note = `update consent.log_checkpoint set note = replace(note, 'acme', 'acne') ${where}
      and size = ${last + 1}`;
    expect((await tampered(note, log.audit)).findings).toEqual([
      { problem: 'CHECKPOINT_INVALID', index: String(last + 1) },
    ]);
  });

  it('gets no new signature for a log that was changed behind its last checkpoint', async () => {
    for (let size = 0; size < 4; size += 1) await log.recorded();
    await people.signLogs();
    const before = await log.theLog();
    const change = `update consent.log_node set hash = sha256(hash) where tenant_id = 'acme'
      and level = (select max(level) from consent.log_node where tenant_id = 'acme')`;
    const after = await tampered(change, async () => {
      await log.recorded();
      await people.signLogs();
      return log.theLog();
    });
    expect(after.size).toBe(before.size);
    await people.signLogs();
  });
});
