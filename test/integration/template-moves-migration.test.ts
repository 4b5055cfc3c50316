// Templates of before the table of moves: the migration gives each of their moves a row of its own.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { definitions } from '../../parts.ts';
import { migrate } from '../../platform/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { template } from '../support/templates.ts';

let database: TestDatabase;
let owner: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.url });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});

test('moves of before keep their order, who made them, when and why', async () => {
  const { messages, ...others } = definitions;
  const before = messages.migrations.findIndex(({ name }) => name.endsWith('-template-moves'));
  expect(before).toBeGreaterThan(0);
  const earlier = { ...messages, migrations: messages.migrations.slice(0, before), appendOnly: [] };
  await owner.query('drop schema messages cascade');
  await migrate(database.url, [...Object.values(others), earlier]);
  const lives = {
    order_sent: [
      { state: 'DRAFT', by: 'user:ada', at: '2026-11-01T10:00:00.000Z', reason: null },
      { state: 'SUBMITTED', by: 'user:bob', at: '2026-11-01T10:00:01.000Z', reason: 'soon' },
      { state: 'APPROVED', by: 'user:eve', at: '2026-11-01T10:00:01.000Z', reason: null },
    ],
    order_late: [{ state: 'DRAFT', by: 'user:ada', at: '2026-11-02T10:00:00.000Z', reason: null }],
  };
  for (const [name, history] of Object.entries(lives)) {
    await owner.query(
      `insert into messages.template (tenant_id, id, name, version, state, content, history, created_at)
       values ('acme', gen_random_uuid(), $1, 1, $2, $3, $4, now())`,
      [name, history.at(-1)?.state, template({ name }), JSON.stringify(history)],
    );
  }
  await migrate(database.url, [...Object.values(others), messages]);
  const { rows } = await owner.query(
    `select t.name, m.number, m.from_state, m.to_state, m.actor, m.reason, m.moved_at
     from messages.template_move m join messages.template t on (t.tenant_id, t.id) = (m.tenant_id, m.template_id)
     order by t.name desc, m.number`,
  );
  const at = (time: string) => new Date(`2026-11-${time}.000Z`);
  expect(rows.map((row) => Object.values(row))).toEqual([
    ['order_sent', 1, null, 'DRAFT', 'user:ada', null, at('01T10:00:00')],
    ['order_sent', 2, 'DRAFT', 'SUBMITTED', 'user:bob', 'soon', at('01T10:00:01')],
    ['order_sent', 3, 'SUBMITTED', 'APPROVED', 'user:eve', null, at('01T10:00:01')],
    ['order_late', 1, null, 'DRAFT', 'user:ada', null, at('02T10:00:00')],
  ]);
});
