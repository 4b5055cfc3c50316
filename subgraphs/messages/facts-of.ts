// What recipients knows of the people that messages are for; one whose records do not open is nobody else's fault.
import { CryptoError } from '../../crypto/errors.ts';
import type { Transaction } from '../../platform/database.ts';
import type { MessagesDeps } from './deps.ts';
import type { RecipientFacts } from './ports.ts';
import type { LoadedMessage } from './store/load-messages.ts';

/** `unreadable`: the person is there, and what is kept of them does not open, whoever tries. */
export type KnownFacts = RecipientFacts | 'unreadable';

type FactsDeps = Pick<MessagesDeps, 'ports' | 'log'>;

/** Facts by message id. One round of statements for each tenant in the batch: facts belong to one tenant. */
export async function factsOf(
  tx: Transaction,
  deps: FactsDeps,
  messages: readonly LoadedMessage[],
): Promise<ReadonlyMap<string, KnownFacts>> {
  const byMessage = new Map<string, KnownFacts>();
  for (const [tenantId, ofTenant] of Map.groupBy(messages, (message) => message.tenantId)) {
    const ids = [...new Set(ofTenant.map((message) => message.recipientId))];
    const facts = await readFacts(tx, deps, tenantId, ids);
    for (const message of ofTenant) {
      const known = facts.get(message.recipientId);
      if (known !== undefined) byMessage.set(message.id, known);
    }
  }
  return byMessage;
}

/** All at once; where that fails for what somebody's records are, in halves, until they stand alone. */
async function readFacts(
  tx: Transaction,
  deps: FactsDeps,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownFacts>> {
  try {
    return await deps.ports.recipientFacts(tx, tenantId, ids);
  } catch (error) {
    if (!doesNotOpen(error)) throw error;
    const [first = ''] = ids;
    if (ids.length === 1) {
      deps.log.error({ err: error, recipientId: first }, 'recipient unreadable');
      return new Map([[first, 'unreadable']]);
    }
    const middle = ids.length >> 1;
    const halves = [ids.slice(0, middle), ids.slice(middle)];
    const read = [];
    for (const half of halves) read.push(...(await readFacts(tx, deps, tenantId, half)));
    return new Map(read);
  }
}

const doesNotOpen = (error: unknown): boolean =>
  error instanceof CryptoError && ['DECRYPTION_FAILED', 'KEY_NOT_FOUND'].includes(error.code);
