// Takes a provider's callback: verifies it over the raw bytes and keeps it. Everything else comes later.
import { coalesce } from '../../platform/coalesce.ts';
import { ApiError } from '../../platform/errors.ts';
import type { Provider, RawCallback } from '../../providers/provider.ts';
import type { CallbackVault } from './callback-vault.ts';
import type { DeliveryDeps } from './context.ts';
import { insertCallbacks, type NewCallback } from './store/insert-callbacks.ts';

export type TakenCallback =
  | { readonly kind: 'kept' }
  | { readonly kind: 'forged'; readonly reason: string }
  | { readonly kind: 'handshake'; readonly answer: string };

export type TakeCallback = (provider: Provider, callback: RawCallback) => Promise<TakenCallback>;

const BATCH_MAX = 200;
const BATCHES_MAX = 3;
/** Beyond this the provider is told to come again: it keeps what we cannot. */
const WAITING_MAX = 5_000;

/** Resolves after the commit, so that a provider which gets its 200 may forget the event. */
export function createTakeCallback(deps: DeliveryDeps, vault: CallbackVault): TakeCallback {
  const keep = coalesce<NewCallback, void>({
    itemsMax: BATCH_MAX,
    batchesMax: BATCHES_MAX,
    waitingMax: WAITING_MAX,
    overflow: () => new ApiError('UNAVAILABLE', 'Too many callbacks at once.', { retryAfter: 1 }),
    groupOf: () => '',
    run: async (callbacks) => {
      await deps.database.acrossTenants((tx) => insertCallbacks(tx, callbacks));
      deps.bus.wake('tasks:delivery');
      return callbacks.map(() => undefined);
    },
  });
  return async (provider, callback) => {
    const verification = provider.verify(callback);
    if (verification.kind === 'forged') {
      deps.log.warn({ provider: provider.id, reason: verification.reason }, 'callback refused');
      return verification;
    }
    if (verification.kind === 'handshake') return verification;
    const id = deps.newUuid();
    const sealed = await vault.seal(id, callback);
    await keep({ id, provider: provider.id, sealed, receivedAt: deps.clock.now() });
    return { kind: 'kept' };
  };
}
