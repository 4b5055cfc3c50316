// Which errors are shown, which are hidden, and what the log says about those.
import { describe, expect, it } from '@jest/globals';
import { GraphQLError } from 'graphql';
import { createErrorMask } from '../../../platform/error-mask.ts';
import { ApiError } from '../../../platform/errors.ts';
import { recordingLog } from '../../support/recording-log.ts';

function setUp() {
  const { log, lines } = recordingLog();
  let count = 0;
  return { mask: createErrorMask({ log, newId: () => `incident-${(count += 1)}` }), lines };
}

const at = (path: (string | number)[], cause: Error) =>
  new GraphQLError(cause.message, { path, originalError: cause });

describe('an error', () => {
  it('with a public code is shown with its details and path, and not logged', () => {
    const { mask, lines } = setUp();
    const error = at(['a', 0], new ApiError('NOT_FOUND', 'Not here.', { id: 'x' }));
    expect(mask(error)).toEqual({
      message: 'Not here.',
      path: ['a', 0],
      extensions: { code: 'NOT_FOUND', id: 'x' },
    });
    expect(lines()).toEqual([]);
  });

  it('of a database that does not answer is told as one that may pass, and logged', () => {
    const { mask, lines } = setUp();
    const lost = Object.assign(new Error('secret'), { code: '57P01' });
    const shown = mask(at(['a'], lost));
    expect(shown).toMatchObject({
      path: ['a'],
      extensions: { code: 'UNAVAILABLE', incidentId: 'incident-1' },
    });
    expect(JSON.stringify(shown)).not.toMatch(/secret/);
    expect(lines()).toHaveLength(1);
  });

  it.each([
    ['a plain error', new Error('secret')],
    ['a plain error at a path', at(['a'], new Error('secret'))],
    ['an unknown code', new GraphQLError('secret', { extensions: { code: 'E_SECRET' } })],
    ['a code of a prototype', new GraphQLError('secret', { extensions: { code: 'toString' } })],
    ['no code', new GraphQLError('secret')],
    ['INTERNAL without an incident', new ApiError('INTERNAL', 'secret')],
    ['a text', 'secret'],
    ['nothing', undefined],
  ])('with %s is hidden and logged', (_what, error) => {
    const { mask, lines } = setUp();
    const shown = mask(error, { requestId: 'r1' });
    expect(JSON.stringify(shown)).not.toMatch(/secret/i);
    expect(shown.extensions).toEqual({ code: 'INTERNAL', incidentId: 'incident-1' });
    expect(lines()).toEqual([
      expect.objectContaining({
        requestId: 'r1',
        incidentId: 'incident-1',
        msg: 'operation failed',
      }),
    ]);
  });

  it('that comes out at two paths is one incident', () => {
    const { mask, lines } = setUp();
    const cause = new Error('secret');
    const [one, two] = [mask(at(['a'], cause)), mask(at(['b'], cause))];
    expect(one.extensions).toEqual(two.extensions);
    expect(lines()).toHaveLength(1);
  });

  it('that another process has hidden keeps its incident id and is not logged again', () => {
    const { mask, lines } = setUp();
    const extensions = { code: 'INTERNAL', incidentId: 'theirs' };
    const error = new GraphQLError('The platform failed.', { extensions });
    expect(mask(error).extensions).toEqual(extensions);
    expect(lines()).toEqual([]);
  });
});
