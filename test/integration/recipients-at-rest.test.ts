// What is stored of people: sealed, apart by tenant, and in the tables that the code describes.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MikroORM } from '@mikro-orm/postgresql';
import { uuidOf } from '../../schema/ids.ts';
import { consentDefinition } from '../../subgraphs/consent/index.ts';
import { recipientsDefinition } from '../../subgraphs/recipients/index.ts';
import { registerRecipient } from '../../subgraphs/recipients/register-recipient.ts';
import { registered, startPeople, type People } from '../support/people.ts';

let people: People;
beforeAll(async () => {
  people = await startPeople();
});
afterAll(() => people.close());

test('a transaction without a tenant sees no row, and one of a tenant only its own', async () => {
  await registered(people, { phone: '+14155550180' });
  const { recipients } = people.databases;
  const count = 'select count(*)::int as n from recipients.address';
  const tenants = `select distinct tenant_id from recipients.address`;
  expect(await recipients.read('nobody', (tx) => tx.query(count))).toEqual([{ n: 0 }]);
  expect(await recipients.read('acme', (tx) => tx.query(tenants))).toEqual([{ tenant_id: 'acme' }]);
  const unset = await recipients.orm.em.getConnection().execute(count);
  expect(unset).toEqual([{ n: 0 }]);
});

test('a row for another tenant cannot be inserted', async () => {
  const foreign = `insert into recipients.task (tenant_id, key, lane, priority, share, due_at)
    values ('globex', 'k', 'l', 0, '', now())`;
  const { recipients } = people.databases;
  await expect(recipients.transaction('acme', (tx) => tx.query(foreign))).rejects.toThrow(
    /row-level security/,
  );
});

test('a sealed address opens in its own row only, even under the same person’s key', async () => {
  const id = await registered(people, { phone: '+14155550190', email: 'moved@example.com' });
  await people.sql(
    `update recipients.address set sealed = other.sealed from recipients.address other
     where address.recipient_id = $1 and other.recipient_id = $1 and address.kind <> other.kind`,
    [uuidOf('recipient', id)],
  );
  const { data, errors } = await people.ask(
    'recipients',
    'query ($id: ID!) { recipient(id: $id) { addresses { masked } } }',
    { id },
  );
  expect(data.recipient).toBeNull();
  expect(errors?.[0]?.originalError).toMatchObject({ code: 'DECRYPTION_FAILED' });
});

test('a fault of the database leaves nothing of a registration behind', async () => {
  await people.sql(
    `alter table recipients.event add constraint broken check (name = '') not valid`,
  );
  const request = {
    tenantId: 'acme',
    externalId: 'broken',
    phone: '+14155550199',
    externalIds: [],
    email: null,
    profile: {},
  };
  await expect(registerRecipient(people.work, request)).rejects.toThrow(/broken/);
  await people.sql('alter table recipients.event drop constraint broken');
  expect((await registerRecipient(people.work, request)).errors).toEqual([]);
});

test.each([recipientsDefinition, consentDefinition])(
  'the migrations of $schema make the tables that the code describes',
  async ({ schema, tables }) => {
    const orm = await MikroORM.init({
      clientUrl: people.url,
      dbName: new URL(people.url).pathname.slice(1),
      schema,
      entities: [...tables],
      schemaGenerator: {
        ignorePolicies: true,
        ignoreTriggers: true,
      },
    });
    try {
      expect(await orm.schema.getUpdateSchemaSQL({ safe: true, dropTables: false })).toBe('');
    } finally {
      await orm.close();
    }
  },
);
