// Tokens of unsubscribe links: good for one person and for unsubscribing, and for nothing else.
import { describe, expect, test } from '@jest/globals';
import { createSecretKey, randomBytes } from 'node:crypto';
import { makeLinkToken } from '../../../crypto/link-token.ts';
import {
  checkUnsubscribeToken,
  claimedRecipient,
  makeUnsubscribeToken,
} from '../../../crypto/unsubscribe-token.ts';

const key = createSecretKey(randomBytes(32));
const RECIPIENT = 'rcp_01h455vb4pex5vsknk084sn02q';
const NOW = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

describe('an unsubscribe token', () => {
  const token = makeUnsubscribeToken(key, RECIPIENT, NOW);

  test('names its person and is good for a year', () => {
    expect(claimedRecipient(token)).toBe(RECIPIENT);
    expect(() => checkUnsubscribeToken(key, token, NOW + 365 * DAY_MS)).not.toThrow();
  });

  test('is refused when it is too old', () => {
    expect(() => checkUnsubscribeToken(key, token, NOW + 367 * DAY_MS)).toThrow('expired');
  });

  test('is refused for another person', () => {
    const other = token.replace(RECIPIENT, 'rcp_01h455vb4pex5vsknk084sn02r');
    expect(() => checkUnsubscribeToken(key, other, NOW)).toThrow('not genuine');
  });

  test('is refused with another key', () => {
    const stranger = createSecretKey(randomBytes(32));
    expect(() => checkUnsubscribeToken(stranger, token, NOW)).toThrow('not genuine');
  });

  test('is not replaced by a secure link of the same id', () => {
    const link = { messageId: RECIPIENT, audience: RECIPIENT, expiresAt: NOW + DAY_MS };
    const secureLink = makeLinkToken(key, link);
    expect(() => checkUnsubscribeToken(key, secureLink, NOW)).toThrow('not genuine');
  });
});
