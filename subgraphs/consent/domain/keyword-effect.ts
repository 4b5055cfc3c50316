// What STOP takes and what START gives back: one word on a phone ends what nobody needs, and begins only what it ended.
import type {
  CaptureMethod,
  Channel,
  ConsentAction,
  Purpose,
  Regulation,
} from '../../../schema/vocabulary.ts';
import { ruleSetOf } from './jurisdictions.ts';

/** All that is not essential: codes, receipts and what else was asked for still arrive, and what is kept is not a message.
 *  Source: RCS for Business guide, "Unsubscribe"; FCC 24-24 para. 30 leaves exempted informational messages alone. */
export const stopPurposes: readonly Purpose[] = ['MARKETING', 'ANALYTICS', 'PERSONALIZATION'];

/** ISO 3166 leaves ZZ to its users: nobody knows where the person is. */
export const UNKNOWN_JURISDICTION = 'ZZ';

/** What stands for the person who wrote. */
export interface StandingWord {
  readonly purpose: Purpose;
  readonly channel: Channel;
  readonly regulation: Regulation;
  readonly action: ConsentAction;
  readonly method: CaptureMethod;
}

export interface Restored {
  readonly purpose: Purpose;
  readonly channels: readonly Channel[];
}

/** What START opts in again: what a keyword took on these channels, as far as the law of the region lets one word do it.
 *  What was withdrawn in another way, or never given, stays as it is. region: by ISO 3166; null gives nothing back. */
export function restoredByStart(
  standing: readonly StandingWord[],
  { channels, region }: { readonly channels: readonly Channel[]; readonly region: string | null },
): Restored[] {
  const taken = standing.filter(
    ({ action, method, regulation, channel }) =>
      action === 'WITHDRAWN' &&
      method === 'KEYWORD' &&
      regulation === 'ALL' &&
      channels.includes(channel),
  );
  return ruleSetOf(region).startPurposes.flatMap((purpose) => {
    const of = taken.filter((record) => record.purpose === purpose);
    return of.length === 0 ? [] : [{ purpose, channels: of.map(({ channel }) => channel) }];
  });
}
