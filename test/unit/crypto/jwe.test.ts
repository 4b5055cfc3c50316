// JWE against Project Wycheproof: the one combination that is ours opens, everything else is refused.
import { expect, test } from '@jest/globals';
import { parseDevicePrivateKey } from '../../../crypto/device-key.ts';
import { openJwe } from '../../../crypto/jwe.ts';
import { readVectors, type Wycheproof } from './vectors.ts';

interface Group {
  readonly private: Record<string, unknown>;
}
interface Test {
  readonly jwe: unknown;
  readonly pt?: string;
  readonly enc?: string;
}

test.each(['json_web_encryption_test', 'json_web_crypto_test'])('%s', async (file) => {
  const { testGroups } = readVectors<Wycheproof<Group, Test>>(`wycheproof/${file}.json.gz`);
  let [opened, refused] = [0, 0];
  for (const { private: jwk, tests } of testGroups) {
    for (const { jwe, pt, enc, tcId, result } of tests) {
      if (typeof jwe !== 'string') continue;
      const [protectedHeader, encrypted_key, iv, ciphertext, tag] = jwe.split('.');
      const parts = { protected: protectedHeader, encrypted_key, iv, ciphertext, tag };
      const isOurs = result === 'valid' && jwk['alg'] === 'ECDH-ES+A256KW' && enc === 'A256GCM';
      const attempt = Promise.resolve().then(() => openJwe(parts, parseDevicePrivateKey(jwk)));
      const plaintext = await attempt.then(
        (found) => found.plaintext.toString('hex'),
        (error: Error) => error.name,
      );
      expect([tcId, plaintext]).toEqual([tcId, isOurs ? pt : 'CryptoError']);
      if (isOurs) opened += 1;
      else refused += 1;
    }
  }
  expect(opened).toBe(file === 'json_web_encryption_test' ? 1 : 0);
  expect(refused).toBeGreaterThan(30);
});
