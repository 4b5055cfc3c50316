// F18: messages and callbacks that cannot be worked on, whoever tries: they end with a reason, and the queue moves on.
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectKept, openBed, type Bed } from './bed.ts';
import { startLoad } from './load.ts';
import { newPerson } from './people.ts';
import { look } from './read-back.ts';
import { freshWish } from './recovery.ts';
import { sendOne } from './send.ts';
import { SEED } from './size.ts';

let bed: Bed;

beforeAll(async () => {
  bed = await openBed('F18');
}, 120_000);
afterAll(() => bed.close(), 30_000);

const SPOILT = `'\\xdeadbeef'::bytea`;

it('what nobody can work on ends with its reason, and what stands behind it is sent', async () => {
  const { parley } = bed;
  const [known] = bed.people;
  const victims = await Promise.all(
    Array.from({ length: 3 }, () => newPerson(parley, 'acme', known?.token ?? '')),
  );
  for (const victim of victims) bed.join(victim);
  for (const worker of parley.workers()) await parley.kill(worker);
  const ends: string[] = [];
  const load = startLoad(bed, { seed: SEED });
  await load.asked(20);
  /** A message of a person of its own, whose row is spoilt once it was accepted. */
  const poison = async (spoil: (row: { message: string; person: string }) => string) => {
    const person = victims.pop();
    if (person === undefined) throw new Error('everybody is poisoned already');
    const wish = freshWish(person, 'code');
    expect(await sendOne(bed, wish)).toBe('ok');
    const [row] = await look<{ message: string; person: string }>(
      parley,
      `select id as message, recipient_id as person from messages.message
       where idempotency_key = '${wish.key}'`,
    );
    if (row === undefined) throw new Error('it was accepted, and is not there');
    await look(parley, spoil(row));
    ends.push(row.message);
  };
  await poison(
    ({ message }) =>
      `update messages.message set variables_sealed = ${SPOILT} where id = '${message}'`,
  );
  await poison(
    ({ person }) =>
      `update recipients.address set sealed = ${SPOILT} where recipient_id = '${person}'`,
  );
  await poison(
    ({ person }) => `update recipients.recipient set data_key = ${SPOILT} where id = '${person}'`,
  );
  await look(
    parley,
    `insert into delivery.raw_callback (id, provider, sealed, state, received_at)
     values (gen_random_uuid(), 'twilio', ${SPOILT}, 'NEW', now())`,
  );
  await load.asked(20);
  await parley.run('workers');
  await load.asked(20);
  await load.finish();
  expectKept(await bed.verdict());
  const ended = await look(
    parley,
    `select end_status as status, end_reason as reason from messages.message
     where id in (${ends.map((id) => `'${id}'`).join()})`,
  );
  const broken = { status: 'FAILED', reason: 'CANNOT_BE_HANDED_OVER' };
  expect(ended).toEqual([broken, broken, broken]);
  const callbacks = `select 1 from delivery.raw_callback where state = 'UNREADABLE'`;
  expect(await look(parley, callbacks)).toHaveLength(1);
}, 180_000);
