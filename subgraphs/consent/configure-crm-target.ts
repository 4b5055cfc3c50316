// Configures which of a tenant's own systems are told of consents: adds one, changes one, gives it a new secret, removes it.
import type { Transaction } from '../../platform/database.ts';
import { removeTasks } from '../../platform/task-queue.ts';
import { uuidOf } from '../../schema/ids.ts';
import { InvalidInput, NotFound, WrongState } from '../../schema/user-errors.ts';
import type { CrmFormat } from '../../schema/vocabulary-crm.ts';
import type { ConsentDeps } from './deps.ts';
import { CHARACTERS_MAX } from './domain/consent-record.ts';
import { scheduleCrmTarget } from './schedule-crm-target.ts';
import { hastenDeliveries } from './store/crm-deliveries.ts';
import {
  deleteCrmTarget,
  findCrmTargets,
  lockCrmTarget,
  saveCrmTarget,
  type CrmTarget,
} from './store/crm-targets.ts';
import { lockSubjects } from './store/lock-subjects.ts';
import { findLogSize } from './store/log-nodes.ts';
import { crmSecretsOf, SECRETS_MAX, type WebhookSecrets } from './webhook-secrets.ts';

export interface ConfigureCrmTargetRequest {
  readonly tenantId: string;
  /** `crm_...`; null for a new one. */
  readonly targetId: string | null;
  readonly name: string;
  readonly url: string;
  readonly format: CrmFormat;
}

/** A target as its tenant names it. */
export interface CrmTargetName {
  readonly tenantId: string;
  /** `crm_...` */
  readonly targetId: string;
}

export type CrmTargetError = InvalidInput | NotFound | WrongState;

export interface CrmTargetResult {
  readonly target: CrmTarget | null;
  /** A secret that was made now. It is shown this once. */
  readonly secret: string | null;
  readonly errors: CrmTargetError[];
}

/** Every record is sent to each of them. */
const TARGETS_MAX = 20;

/** A new target is told what is recorded from now on. One that exists is taken as active and well from now on, and goes on
 *  where it was. */
export async function configureCrmTarget(
  deps: ConsentDeps,
  secrets: WebhookSecrets,
  request: ConfigureCrmTargetRequest,
): Promise<CrmTargetResult> {
  const { tenantId, targetId } = request;
  const errors = await checkRequest(deps, request);
  if (errors.length > 0) return refused(errors);
  return targetId === null
    ? addTarget(deps, secrets, request)
    : changeTarget(deps, { tenantId, targetId }, async (tx, target) => {
        const { name, url, format } = request;
        const well = { failureCount: 0, failingSince: null, pausedUntil: null };
        const changed = { ...target, name, url, format, ...well, active: true };
        await saveCrmTarget(tx, changed);
        if (target.failingSince !== null) {
          await hastenDeliveries(tx, target, { since: target.failingSince, now: target.changedAt });
        }
        return { target: changed, secret: null, errors: [] };
      });
}

async function addTarget(
  deps: ConsentDeps,
  secrets: WebhookSecrets,
  { tenantId, name, url, format }: ConfigureCrmTargetRequest,
): Promise<CrmTargetResult> {
  const id = deps.newUuid();
  // Made before the transaction, which does not wait for the KMS.
  const { text: secret, stored } = await secrets.make(crmSecretsOf({ tenantId, id }));
  return deps.database.transaction(tenantId, async (tx) => {
    await lockSubjects(tx, tenantId, ['crm targets']);
    if ((await findCrmTargets(tx, tenantId)).length >= TARGETS_MAX) {
      const sentence = `A tenant has at most ${TARGETS_MAX} targets; remove one first.`;
      return refused([new WrongState([], sentence)]);
    }
    const now = deps.clock.now();
    const target: CrmTarget = {
      tenantId,
      id,
      name,
      url,
      format,
      secrets: [stored],
      active: true,
      createdAt: now,
      changedAt: now,
      position: await findLogSize(tx, tenantId),
      replayPosition: null,
      replayUntil: null,
      lastSuccessAt: null,
      failureCount: 0,
      failingSince: null,
      pausedUntil: null,
      leaseId: null,
      leaseUntil: null,
    };
    await saveCrmTarget(tx, target);
    return { target, secret, errors: [] };
  });
}

/** The one before it signs too, until the next rotation: receivers change theirs in between. */
export async function rotateCrmSecret(
  deps: ConsentDeps,
  secrets: WebhookSecrets,
  named: CrmTargetName,
): Promise<CrmTargetResult> {
  const { tenantId, targetId } = named;
  const id = uuidOf('crmTarget', targetId);
  if (id === null) return refused([noTarget()]);
  const { text: secret, stored } = await secrets.make(crmSecretsOf({ tenantId, id }));
  return changeTarget(deps, named, async (tx, target) => {
    const rotated = { ...target, secrets: [stored, ...target.secrets].slice(0, SECRETS_MAX) };
    await saveCrmTarget(tx, rotated);
    return { target: rotated, secret, errors: [] };
  });
}

/** What it was not told is forgotten with it. */
export async function removeCrmTarget(
  { database }: ConsentDeps,
  { tenantId, targetId }: CrmTargetName,
): Promise<CrmTargetError[]> {
  const id = uuidOf('crmTarget', targetId);
  if (id === null) return [noTarget()];
  return database.transaction(tenantId, async (tx) => {
    if (!(await deleteCrmTarget(tx, tenantId, id))) return [noTarget()];
    await removeTasks(tx, database.schema, [{ tenantId, key: id }]);
    return [];
  });
}

/** The deed runs with the target locked; then the target is looked at again. Nobody interrupts who tells it just now: he
 *  looks for more before he ends. */
export async function changeTarget<Result extends { readonly target: CrmTarget | null }>(
  deps: ConsentDeps,
  { tenantId, targetId }: CrmTargetName,
  deed: (tx: Transaction, target: CrmTarget) => Promise<Result>,
): Promise<Result | (CrmTargetResult & { readonly target: null })> {
  const id = uuidOf('crmTarget', targetId);
  if (id === null) return refused([noTarget()]);
  return deps.database.transaction(tenantId, async (tx) => {
    const target = await lockCrmTarget(tx, tenantId, id);
    if (target === null) return refused([noTarget()]);
    const now = deps.clock.now();
    const result = await deed(tx, { ...target, changedAt: now });
    const leased = (target.leaseUntil ?? 0) > now;
    if (result.target !== null && !leased) await scheduleCrmTarget(tx, deps, result.target);
    return result;
  });
}

async function checkRequest(
  { outside }: ConsentDeps,
  { name, url }: ConfigureCrmTargetRequest,
): Promise<CrmTargetError[]> {
  const errors: CrmTargetError[] = [];
  if (name.trim() === '' || name.length > CHARACTERS_MAX) {
    errors.push(new InvalidInput(['name'], `A name has 1 to ${CHARACTERS_MAX} characters.`));
  }
  const problem = await outside.problemOf(url);
  if (problem !== null) errors.push(new InvalidInput(['url'], problem));
  return errors;
}

const refused = (errors: CrmTargetError[]) => ({ target: null, secret: null, errors });

const noTarget = (): NotFound => new NotFound(['targetId'], 'There is no such target.');
