// What tells a database that is away from a statement that is wrong.
import { describe, expect, it } from '@jest/globals';
import { isOutage } from '../../../platform/database-outage.ts';

const withCode = (code: string): Error => Object.assign(new Error('told by the server'), { code });

describe('an outage of the database', () => {
  it.each([
    ['a connection that is refused', withCode('ECONNREFUSED')],
    ['a connection that broke', new Error('Connection terminated unexpectedly')],
    [
      'a client that lost it before',
      new Error('Client has encountered a connection error and is not queryable'),
    ],
    ['no connection in time', new Error('timeout exceeded when trying to connect')],
    ['no answer in time', new Error('Query read timeout')],
    ['a server that is shut down', withCode('57P01')],
    ['a server that starts', withCode('57P03')],
    ['too many connections', withCode('53300')],
    ['a full disk', withCode('53100')],
    ['a lock that took too long', withCode('55P03')],
    ['a deadlock', withCode('40P01')],
    ['any of these as a cause', new Error('not done', { cause: withCode('08006') })],
  ])('is %s', (_, error) => {
    expect(isOutage(error)).toBe(true);
  });

  it.each([
    ['a statement that is wrong', withCode('42601')],
    ['a row that is there already', withCode('23505')],
    ['a statement that was cancelled', withCode('57014')],
    ['a fault of ours', new TypeError('undefined is not a function')],
    ['no error', 'Connection terminated'],
  ])('is not %s', (_, error) => {
    expect(isOutage(error)).toBe(false);
  });
});
