// Error codes: each says in one sentence what it means, and repeating is advised only where it can help.
import { describe, expect, it } from '@jest/globals';
import { apiErrorCodes, userErrorCodes } from '../../../schema/error-codes.ts';
import { UserErrorCode } from '../../../schema/graphql-enums.ts';

const all = Object.entries({ ...apiErrorCodes, ...userErrorCodes });

describe('error codes', () => {
  it.each(all)('explain %s in one sentence', (code, { meaning }) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(meaning).toMatch(/^[A-Z].{10,}\.$/s);
  });

  it('advise to repeat no expected refusal: the same input meets the same rule', () => {
    for (const { repeat } of Object.values(userErrorCodes)) expect(repeat).toBe(false);
  });

  it('blame the platform for nothing that a caller could have avoided', () => {
    const ours = Object.entries(apiErrorCodes).filter(([, { fault }]) => fault === 'platform');
    expect(ours.map(([code]) => code)).toEqual(['UNAVAILABLE', 'INTERNAL']);
    for (const [, { repeat }] of ours) expect(repeat).toBe(true);
  });

  it('mean the same where a top-level error and a refusal share a name', () => {
    const shared = Object.keys(apiErrorCodes).filter((code) => Object.hasOwn(userErrorCodes, code));
    expect(shared).toEqual(['NOT_FOUND']);
  });

  it('of refusals are the values of the API’s enum', () => {
    expect(Object.keys(UserErrorCode)).toEqual(Object.keys(userErrorCodes));
  });
});
