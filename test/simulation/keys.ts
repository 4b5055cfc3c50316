// Keys that are the same in every run: how keys are kept is no matter of the send engine.
import { createSecretKey } from 'node:crypto';
import type { Kms } from '../../crypto/kms.ts';

const macKey = { version: 1, key: createSecretKey(Buffer.alloc(32, 9)) };

export const kms: Kms = {
  wrap: (_key, dataKey) =>
    Promise.resolve({ keyId: 'simulated', version: 1, ciphertext: Uint8Array.from(dataKey) }),
  unwrap: ({ ciphertext }) => Promise.resolve(ciphertext),
  macKey: () => Promise.resolve(macKey),
  sign: () => Promise.reject(new Error('nothing is signed in a simulation')),
  rotate: () => Promise.resolve(1),
  jwks: () => Promise.resolve({ keys: [] }),
  destroy: () => Promise.resolve(),
};
