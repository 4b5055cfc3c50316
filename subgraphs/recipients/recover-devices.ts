// Starts again after a lost device: a fresh sign-in with two factors, then the lost devices end and the new one begins.
import { deviceFingerprint } from '../../crypto/device-key.ts';
import { DEVICES_MAX } from '../../crypto/envelope.ts';
import { uuidOf } from '../../schema/ids.ts';
import {
  AlreadyExists,
  NotFound,
  WrongState,
  type InvalidInput,
} from '../../schema/user-errors.ts';
import type { DevicePlatform } from '../../schema/vocabulary.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { namedDevices } from './named-devices.ts';
import { proveDeviceKey, type KeyProof } from './prove-device-key.ts';
import { revokeDevicesOf } from './store/change-devices.ts';
import type { DeviceRow } from './store/device.table.ts';
import { lockRecipient } from './store/find-recipient.ts';
import { refusable } from './refusable.ts';
import { countDevices, insertDevice } from './store/insert-device.ts';
import { forgetSubscriptionsOf } from './store/subscriptions.ts';
import { ProofInvalid } from './user-errors.ts';
import { findIdentityRefusal } from './verify-identity.ts';

export interface RecoverDevicesRequest extends KeyProof {
  readonly platform: DevicePlatform;
  /** `dev_...`; null: every one of the person. */
  readonly lostDeviceIds: readonly string[] | null;
  /** Of the tenant's OpenID provider, with the challenge as its nonce. */
  readonly idToken: string;
}

export type RecoverDevicesError =
  InvalidInput | NotFound | AlreadyExists | WrongState | ProofInvalid;

export interface RecoverDevicesResult {
  readonly device: DeviceRow | null;
  readonly revokedCount: number;
  readonly errors: RecoverDevicesError[];
}

export async function recoverDevices(
  deps: RecipientsWork,
  request: RecoverDevicesRequest,
): Promise<RecoverDevicesResult> {
  const { tenantId, challenge } = request;
  const id = uuidOf('recipient', request.recipientId);
  const now = deps.clock.now();
  if (id === null) return refuse(noRecipient());
  const refusal = await findIdentityRefusal(deps, { ...request, recipientId: id }, now);
  if (refusal !== null) return refuse(refusal);
  const key = await proveDeviceKey(deps, request, now);
  if ('code' in key) return refuse(key);
  const device: DeviceRow = {
    tenantId,
    id: deps.newUuid(),
    recipientId: id,
    platform: request.platform,
    kid: key.kid,
    fingerprint: deviceFingerprint(key.kid),
    jwk: key.jwk,
    keyVersion: 1,
    attestation: key.attestation,
    state: 'ACTIVE',
    clientVersion: null,
    osBuild: null,
    challenge,
    registeredAt: new Date(now),
    identityVerifiedAt: new Date(now),
    fingerprintConfirmedAt: null,
    reportedAt: null,
    revokedAt: null,
  };
  return replace(deps, device, request.lostDeviceIds);
}

/** Without the new device the old ones do not end. */
async function replace(
  deps: RecipientsWork,
  device: DeviceRow,
  lostDeviceIds: readonly string[] | null,
): Promise<RecoverDevicesResult> {
  const { tenantId, recipientId, registeredAt: at } = device;
  const outcome = await refusable<RecoverDevicesResult, RecoverDevicesError>((refuseNow) =>
    deps.database.transaction(tenantId, async (tx) => {
      if (!(await lockRecipient(tx, tenantId, recipientId))) return refuseNow(noRecipient());
      const { active, challengeUsed } = await countDevices(tx, device);
      if (challengeUsed) {
        return refuseNow(new ProofInvalid(['challenge'], 'This challenge has served before.'));
      }
      const named = { deviceIds: lostDeviceIds, field: 'lostDeviceIds' };
      const lost = await namedDevices(tx, device, named);
      if (lost !== null && 'code' in lost) return refuseNow(lost);
      const revokedCount = await revokeDevicesOf(tx, { tenantId, recipientId, at }, lost);
      await forgetSubscriptionsOf(tx, device, lost);
      if (active - revokedCount >= DEVICES_MAX) {
        const sentence = `A recipient has at most ${DEVICES_MAX} active devices.`;
        return refuseNow(new WrongState(['lostDeviceIds'], sentence));
      }
      if (!(await insertDevice(tx, device))) {
        const sentence = 'This key was registered before; make a new one.';
        return refuseNow(new AlreadyExists(['publicKey'], sentence));
      }
      const recipientIds = [recipientId];
      await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'device' });
      return { device, revokedCount, errors: [] };
    }),
  );
  if (outcome.refused === null) return outcome.done;
  return { device: null, revokedCount: 0, errors: [...outcome.refused] };
}

function refuse(error: RecoverDevicesError): RecoverDevicesResult {
  return { device: null, revokedCount: 0, errors: [error] };
}

function noRecipient(): NotFound {
  return new NotFound(['recipientId'], 'There is no recipient with this id.');
}
