// Facts of many people at once: one whose records do not open is told apart, and costs nobody else theirs.
import { expect, it } from '@jest/globals';
import { CryptoError } from '../../../../crypto/errors.ts';
import { factsOf } from '../../../../subgraphs/messages/facts-of.ts';
import type { RecipientFacts } from '../../../../subgraphs/messages/ports.ts';
import type { LoadedMessage } from '../../../../subgraphs/messages/store/load-messages.ts';
import { recordingLog } from '../../../support/recording-log.ts';

const PEOPLE = ['ada', 'bob', 'eve', 'joe', 'kim'];
const messages = PEOPLE.map(
  (recipientId) => ({ tenantId: 'acme', id: `to ${recipientId}`, recipientId }) as LoadedMessage,
);
const factOf = (recipientId: string) => ({ recipientId }) as unknown as RecipientFacts;

/** Recipients, of whom some fail by themselves, and all that are asked for with them. */
function asking(fails: ReadonlyMap<string, Error>) {
  const { log, lines } = recordingLog();
  const recipientFacts = async (_: unknown, __: string, ids: readonly string[]) => {
    for (const id of ids) {
      const error = fails.get(id);
      if (error !== undefined) throw error;
    }
    return new Map(ids.map((id) => [id, factOf(id)]));
  };
  const deps = { ports: { recipientFacts }, log } as unknown as Parameters<typeof factsOf>[1];
  return { ask: () => factsOf({} as never, deps, messages), lines };
}

it('somebody whose records do not open is unreadable, and everybody else is not', async () => {
  const spoilt = new CryptoError('DECRYPTION_FAILED', 'It does not open.');
  const gone = new CryptoError('KEY_NOT_FOUND', 'There is no such key.');
  const { ask, lines } = asking(
    new Map([
      ['bob', spoilt],
      ['kim', gone],
    ]),
  );
  expect([...(await ask())]).toEqual([
    ['to ada', factOf('ada')],
    ['to bob', 'unreadable'],
    ['to eve', factOf('eve')],
    ['to joe', factOf('joe')],
    ['to kim', 'unreadable'],
  ]);
  expect(lines()).toMatchObject([{ recipientId: 'bob' }, { recipientId: 'kim' }]);
});

it('a fault that is nobody’s in particular makes nobody unreadable', async () => {
  const away = new Error('Connection terminated unexpectedly');
  await expect(asking(new Map([['bob', away]])).ask()).rejects.toBe(away);
});
