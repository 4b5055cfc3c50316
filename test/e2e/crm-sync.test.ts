// A tenant's own system beside the whole platform: told of every consent, also by a worker that comes after a killed one.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAnsweringServer, type AnsweringServer } from '../support/answering-server.ts';
import { toldTo } from '../support/crm.ts';
import { startParley, type Parley } from '../support/parley.ts';
import {
  ERRORS,
  freshPhone,
  recordConsent,
  registerRecipient,
  withdrawConsent,
} from '../support/story.ts';

const CONFIGURE = `mutation ($input: ConfigureCrmTargetInput!) {
  configureCrmTarget(input: $input) { secret target { id } ${ERRORS} } }`;
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a tenant’s own system', () => {
  let parley: Parley;
  let receiver: AnsweringServer;
  let secret: string;

  beforeAll(async () => {
    parley = await startParley('apart', { CRM_TARGETS: 'any', CRM_TIMEOUT_MS: '1000' });
    receiver = await startAnsweringServer();
    const input = { name: 'CRM', url: `${receiver.url}/consents`, format: 'GENERIC' };
    const { data } = await parley.ask(CONFIGURE, { input });
    ({ secret } = data.configureCrmTarget);
  }, 60_000);

  afterAll(async () => {
    await parley.stop();
    await receiver.close();
  }, 30_000);

  const pending = async (): Promise<number> => {
    const { data } = await parley.ask('{ crmTargets { pendingCount } }');
    return data.crmTargets[0].pendingCount;
  };

  it('loses nothing to a worker that is killed, and drops repetitions by their id', async () => {
    receiver.answer = () => 'hang';
    const phone = freshPhone();
    const recipientId = await registerRecipient(parley, { phone });
    await recordConsent(parley, recipientId);
    while (receiver.requests.length === 0) await pause();
    for (const worker of parley.workers()) await parley.kill(worker);
    await withdrawConsent(parley, recipientId);
    const before = receiver.requests.length;

    receiver.answer = () => ({ status: 200, body: '' });
    await parley.run('workers');
    while ((await pending()) > 0) await pause();
    const told = toldTo(receiver, secret);
    const once = new Map(told.map(({ id, body }) => [id, body.data]));
    const data = [...once.values()].toSorted((a, b) => a.logIndex - b.logIndex);
    expect(data.map(({ action, recipientId: whose }) => ({ action, whose }))).toEqual(
      ['GRANTED', 'GRANTED', 'WITHDRAWN', 'WITHDRAWN'].map((action) => {
        return { action, whose: recipientId };
      }),
    );
    // What the killed worker had told came again, under the same ids.
    const ids = told.map(({ id }) => id);
    expect(ids.slice(before)).toEqual(expect.arrayContaining(ids.slice(0, before)));
    const bodies = receiver.requests.map(({ body }) => body.toString()).join('');
    expect(bodies).not.toContain(phone.slice(1));
  }, 30_000);
});
