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
import { countDevices, insertDevice } from './store/insert-device.ts';
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

/** Thrown inside the transaction to undo it: without the new device the old ones must not end. */
class Refusal extends Error {
  readonly error: RecoverDevicesError;
  constructor(error: RecoverDevicesError) {
    super(error.message);
    this.error = error;
  }
}

async function replace(
  deps: RecipientsWork,
  device: DeviceRow,
  lostDeviceIds: readonly string[] | null,
): Promise<RecoverDevicesResult> {
  const { tenantId, recipientId, registeredAt: at } = device;
  try {
    return await deps.database.transaction(tenantId, async (tx) => {
      if (!(await lockRecipient(tx, tenantId, recipientId))) throw new Refusal(noRecipient());
      const { active, challengeUsed } = await countDevices(tx, device);
      if (challengeUsed) {
        throw new Refusal(new ProofInvalid(['challenge'], 'This challenge has served before.'));
      }
      const named = { deviceIds: lostDeviceIds, field: 'lostDeviceIds' };
      const lost = await namedDevices(tx, device, named);
      if (lost !== null && 'code' in lost) throw new Refusal(lost);
      const revokedCount = await revokeDevicesOf(tx, { tenantId, recipientId, at }, lost);
      if (active - revokedCount >= DEVICES_MAX) {
        const sentence = `A recipient has at most ${DEVICES_MAX} active devices.`;
        throw new Refusal(new WrongState(['lostDeviceIds'], sentence));
      }
      if (!(await insertDevice(tx, device))) {
        const sentence = 'This key was registered before; make a new one.';
        throw new Refusal(new AlreadyExists(['publicKey'], sentence));
      }
      const recipientIds = [recipientId];
      await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'device' });
      return { device, revokedCount, errors: [] };
    });
  } catch (error) {
    if (error instanceof Refusal) return refuse(error.error);
    throw error;
  }
}

function refuse(error: RecoverDevicesError): RecoverDevicesResult {
  return { device: null, revokedCount: 0, errors: [error] };
}

function noRecipient(): NotFound {
  return new NotFound(['recipientId'], 'There is no recipient with this id.');
}
