// Didomi's webhook: a consent event of one user under one regulation, with every purpose the notice asked about.
import type { ConsentAction, Regulation } from '../../../../schema/vocabulary.ts';
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

/** Where each event has the consent as it is now. Source: Didomi, "Webhooks". An event that was deleted, and changes of a
 *  user, tell of no choice. */
const entityOf: ReadonlyMap<string, string> = new Map([
  ['event.created', 'entity'],
  ['event.updated', 'new_entity'],
]);

/** Source: Didomi, "Regulations". Under whose law a consent counts is not guessed, or one of California would overwrite
 *  one of Europe: under a law that is none of these nothing is granted, and what is withdrawn is withdrawn everywhere. */
const regulations: ReadonlyMap<string, Regulation> = new Map([
  ['gdpr', 'GDPR'],
  ['cpra', 'CPRA'],
  ['ccpa', 'CPRA'],
]);

/** Didomi stores what names no regulation under this one. */
const DEFAULT_REGULATION = 'gdpr';
/** Of the API whose events these are. */
const VERSION = 'v2';

/** `{ type, parameters: { entity | new_entity }, regulation? }`. The id of an event stays when it is updated, so the
 *  time of the update is part of its name. */
export function readDidomi(body: unknown, now: number): ReadCmpEvent {
  const envelope = objectIn(body);
  const type = textIn(envelope?.['type']);
  if (envelope === null || type === null) {
    return refusal('MALFORMED', 'type', 'An event has a type and parameters.');
  }
  const where = entityOf.get(type);
  if (where === undefined) return 'IGNORED';
  const path = `parameters.${where}`;
  const entity = objectIn(objectIn(envelope['parameters'])?.[where]);
  const id = textIn(entity?.['id']);
  const given = listIn(objectIn(entity?.['consents'])?.['purposes']);
  if (entity === null || id === null || given === null) {
    return refusal(
      'MALFORMED',
      path,
      'A consent event has an id and the purposes of its consents.',
    );
  }
  const user = objectIn(entity['user']);
  const address = addressIn(user?.['organization_user_id']);
  if (address === null) return unreadableIdentifier(`${path}.user.organization_user_id`);
  const named = envelope['regulation'] ?? entity['regulation'] ?? DEFAULT_REGULATION;
  const regulation = regulations.get(String(textIn(named))) ?? null;
  const time = entity['updated_at'] ?? entity['created_at'];
  const pending = entity['status'] === 'pending_approval';
  const read = readPurposes(given, { path: `${path}.consents.purposes`, time, pending, now });
  if (isRefusal(read)) return read;
  const choices = regulation === null ? read.filter(isWithdrawal) : read;
  if (choices.length === 0 && read.length > 0) {
    const sentence = 'Nothing is granted under a regulation that is none of those known here.';
    return refusal('REGULATION_UNKNOWN', 'regulation', sentence);
  }
  if (choices.length === 0) return 'IGNORED';
  const country = textIn(user?.['country']);
  return {
    id: `${type} ${id} ${String(textIn(time))}`,
    address,
    choices,
    regulation: regulation ?? 'ALL',
    jurisdiction: country !== null && isJurisdiction(country) ? country : null,
    policyVersion: null,
    cmp: { name: 'Didomi', version: VERSION },
  };
}

const isWithdrawal = ({ action }: CmpChoice): boolean => action === 'WITHDRAWN';

/** `enabled: null` is no choice, and a consent that waits for approval is none yet; to take one back waits for nothing. */
function readPurposes(
  given: readonly unknown[],
  about: { path: string; time: unknown; pending: boolean; now: number },
): readonly CmpChoice[] | CmpRefusal {
  const choices: CmpChoice[] = [];
  for (const [index, one] of given.entries()) {
    const path = `${about.path}.${index}`;
    const purpose = objectIn(one);
    const code = textIn(purpose?.['id']);
    const enabled = purpose?.['enabled'] ?? null;
    if (code === null || (enabled !== null && typeof enabled !== 'boolean')) {
      return refusal('MALFORMED', path, 'A purpose has an id, and is enabled, or not, or null.');
    }
    if (enabled === null || (enabled && about.pending)) continue;
    const action: ConsentAction = enabled ? 'GRANTED' : 'WITHDRAWN';
    const time = choiceTime(action, timeIn(about.time), { path, now: about.now });
    if (isRefusal(time)) return time;
    choices.push({ code, action, occurredAt: time.occurredAt, expiresAt: null, path });
  }
  return choices;
}
