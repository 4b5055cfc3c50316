// The platform's own form of a consent event, for senders that can shape what they send: Standard Webhooks with this body.
import { Regulation } from '../../../../schema/vocabulary.ts';
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

const actions = { granted: 'GRANTED', withdrawn: 'WITHDRAWN' } as const;

/** `{ identifier, choices: [{ purpose, status: granted | withdrawn, timestamp, expires_at? }], cmp: { name, version },
 *  regulation?, jurisdiction?, policy_version? }`, times in ISO 8601 with a zone. */
export function readGeneric(body: unknown, now: number): ReadCmpEvent {
  const event = objectIn(body);
  const given = listIn(event?.['choices']);
  const name = textIn(objectIn(event?.['cmp'])?.['name']);
  const version = textIn(objectIn(event?.['cmp'])?.['version']);
  if (event === null || given === null || name === null || version === null) {
    return refusal(
      'MALFORMED',
      '',
      'An event has an identifier, choices, and cmp with a name and a version.',
    );
  }
  const address = addressIn(event['identifier']);
  if (address === null) return unreadableIdentifier('identifier');
  const about = readAbout(event);
  if (isRefusal(about)) return about;
  const choices: CmpChoice[] = [];
  for (const [index, one] of given.entries()) {
    const choice = readChoice(one, `choices.${index}`, now);
    if (isRefusal(choice)) return choice;
    choices.push(choice);
  }
  return { id: null, address, choices, ...about, cmp: { name, version } };
}

function readAbout(event: Readonly<Record<string, unknown>>) {
  const optional = (field: string) => event[field] ?? null;
  const regulation =
    Object.values(Regulation).find((known) => known === event['regulation']) ?? null;
  if (regulation === null && optional('regulation') !== null) {
    return refusal(
      'REGULATION_UNKNOWN',
      'regulation',
      'This regulation is none of those known here.',
    );
  }
  const jurisdiction = textIn(event['jurisdiction']);
  const known = jurisdiction !== null && isJurisdiction(jurisdiction);
  if (!known && optional('jurisdiction') !== null) {
    return refusal(
      'MALFORMED',
      'jurisdiction',
      'A jurisdiction is a country by ISO 3166, or one of its parts.',
    );
  }
  const policyVersion = textIn(event['policy_version']);
  if (policyVersion === null && optional('policy_version') !== null) {
    return refusal('MALFORMED', 'policy_version', 'A policy version is a short text.');
  }
  return { regulation, jurisdiction, policyVersion };
}

function readChoice(value: unknown, path: string, now: number): CmpChoice | CmpRefusal {
  const choice = objectIn(value);
  const code = textIn(choice?.['purpose']);
  const status = textIn(choice?.['status']);
  if (choice === null || code === null || (status !== 'granted' && status !== 'withdrawn')) {
    return refusal(
      'MALFORMED',
      path,
      'A choice has a purpose, and the status granted or withdrawn.',
    );
  }
  const action = actions[status];
  const time = choiceTime(action, timeIn(choice['timestamp']), { path: `${path}.timestamp`, now });
  if (isRefusal(time)) return time;
  const expiresAt = timeIn(choice['expires_at']);
  const ends =
    expiresAt === 'unclear' || (expiresAt !== null && expiresAt <= (time.occurredAt ?? now));
  if (ends && action === 'GRANTED') {
    return refusal('TIMES_CONTRADICT', `${path}.expires_at`, 'A consent ends after it was given.');
  }
  const { occurredAt } = time;
  return {
    code,
    action,
    occurredAt,
    expiresAt: action === 'GRANTED' && !ends ? expiresAt : null,
    path,
  };
}
