// OneTrust's consent receipt: an identifier, and one transaction for each purpose of a collection point.
import type { ConsentAction } from '../../../../schema/vocabulary.ts';
import { isJurisdiction } from '../consent-record.ts';
import {
  addressIn,
  choiceTime,
  isRefusal,
  listIn,
  objectIn,
  refusal,
  textIn,
  timeIn,
  unreadableIdentifier,
  type CmpChoice,
  type CmpRefusal,
  type ReadCmpEvent,
} from './cmp-event.ts';

/** What each transaction is here; null where it is no choice of the person's. IMPLICIT is no opt-in, and EXTEND and
 *  CHANGE_PREFERENCES change one that stands by its own record. Source: OneTrust, "Create Consent Receipts". */
const transactions: ReadonlyMap<string, ConsentAction | null> = new Map([
  ['CONFIRMED', 'GRANTED'],
  ['WITHDRAWN', 'WITHDRAWN'],
  ['OPT_OUT', 'WITHDRAWN'],
  ['HARD_OPT_OUT', 'WITHDRAWN'],
  ['NOTGIVEN', 'WITHDRAWN'],
  ['CANCEL', 'WITHDRAWN'],
  ['EXPIRED', 'WITHDRAWN'],
  ['PENDING', null],
  ['NO_CHOICE', null],
  ['CHANGE_PREFERENCES', null],
  ['EXTEND', null],
  ['IMPLICIT', null],
]);

/** Of the API whose body this is: `/request/v1/consentreceipts`. */
const VERSION = 'v1';

type Json = Readonly<Record<string, unknown>>;
type Dates = Readonly<
  Record<'consentDate' | 'withdrawnDate' | 'interactionDate', number | null | 'unclear'>
>;

/** `{ identifier, requestInformation, purposes: [{ Id, TransactionType?, ExpiryDate? }], consentDate?, withdrawnDate?,
 *  interactionDate?, test? }`. It has no id of its own. */
export function readOneTrust(body: unknown, now: number): ReadCmpEvent {
  const receipt = objectIn(body);
  if (receipt === null) return refusal('MALFORMED', '', 'A consent receipt is an object.');
  if (receipt['test'] === true) return 'IGNORED';
  const given = listIn(receipt['purposes']);
  if (given === null) return refusal('MALFORMED', 'purposes', 'A consent receipt has purposes.');
  const address = addressIn(receipt['identifier']);
  if (address === null) return unreadableIdentifier('identifier');
  const dates: Dates = {
    consentDate: timeIn(receipt['consentDate']),
    withdrawnDate: timeIn(receipt['withdrawnDate']),
    interactionDate: timeIn(receipt['interactionDate']),
  };
  const choices: CmpChoice[] = [];
  for (const [index, one] of given.entries()) {
    const choice = readPurpose(objectIn(one), dates, { path: `purposes.${index}`, now });
    if (isRefusal(choice)) return choice;
    if (choice !== null) choices.push(choice);
  }
  if (choices.length === 0) return 'IGNORED';
  return {
    id: null,
    address,
    choices,
    regulation: null,
    jurisdiction: placeIn(objectIn(receipt['geoLocation'])),
    policyVersion: null,
    cmp: { name: 'OneTrust', version: VERSION },
  };
}

function readPurpose(
  purpose: Json | null,
  dates: Dates,
  { path, now }: { path: string; now: number },
): CmpChoice | CmpRefusal | null {
  const code = textIn(purpose?.['Id']);
  if (purpose === null || code === null) return refusal('MALFORMED', path, 'A purpose has an Id.');
  const type = purpose['TransactionType'] ?? null;
  const action = type === null ? impliedAction(dates) : transactions.get(String(textIn(type)));
  if (action === undefined) {
    return refusal(
      'MALFORMED',
      `${path}.TransactionType`,
      'This transaction is none of OneTrust’s.',
    );
  }
  if (action === null) return null;
  if (action === 'WITHDRAWN') {
    const time = choiceTime(action, dates.withdrawnDate ?? dates.interactionDate, { path, now });
    return isRefusal(time) ? time : { code, action, ...time, expiresAt: null, path };
  }
  if (impliedAction(dates) === 'WITHDRAWN') {
    const sentence = 'The receipt confirms what its dates say was withdrawn since.';
    return refusal('TIMES_CONTRADICT', path, sentence);
  }
  const time = choiceTime(action, dates.consentDate ?? dates.interactionDate, { path, now });
  if (isRefusal(time)) return time;
  const expiresAt = timeIn(purpose['ExpiryDate']);
  const ends =
    expiresAt === 'unclear' || (expiresAt !== null && expiresAt <= (time.occurredAt ?? now));
  if (ends) {
    return refusal('TIMES_CONTRADICT', `${path}.ExpiryDate`, 'A consent ends after it was given.');
  }
  return { code, action, ...time, expiresAt, path };
}

/** What the dates say by themselves: the later one stands, and what cannot be compared is a withdrawal. */
function impliedAction({ consentDate, withdrawnDate, interactionDate }: Dates): ConsentAction {
  if (withdrawnDate === null) return 'GRANTED';
  const given = consentDate ?? interactionDate;
  const certain = typeof given === 'number' && typeof withdrawnDate === 'number';
  return certain && given > withdrawnDate ? 'GRANTED' : 'WITHDRAWN';
}

function placeIn(location: Json | null): string | null {
  const country = textIn(location?.['country']);
  const state = textIn(location?.['state']);
  const place = [country, country && state && `${country}-${state}`].findLast(
    (one) => one !== null && isJurisdiction(one),
  );
  return place ?? null;
}
