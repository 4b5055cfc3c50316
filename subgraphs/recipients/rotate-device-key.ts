// Gives a device its next key: the old key signs for the new one, and the new one proves itself. The old one never returns.
import { deviceFingerprint } from '../../crypto/device-key.ts';
import { publicId, uuidOf } from '../../schema/ids.ts';
import {
  AlreadyExists,
  NotFound,
  WrongState,
  type InvalidInput,
} from '../../schema/user-errors.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { proveDeviceKey, readStatement, type KeyProof } from './prove-device-key.ts';
import { replaceDeviceKey } from './store/change-devices.ts';
import { DeviceTable, type DeviceRow } from './store/device.table.ts';
import { lockRecipient } from './store/find-recipient.ts';
import { countDevices } from './store/insert-device.ts';
import { ProofInvalid } from './user-errors.ts';

/** The type of the old key's statement; its claims are `nonce` (the challenge) and `jkt` (the new key's thumbprint). */
export const ROTATION_TYPE = 'device-rotation+jwt';

export interface RotateDeviceKeyRequest extends Omit<KeyProof, 'recipientId'> {
  /** `dev_...` */
  readonly deviceId: string;
  /** A statement of the old key, see crypto/device-statement.ts. */
  readonly authorization: string;
}

export type RotateDeviceKeyError =
  InvalidInput | NotFound | AlreadyExists | WrongState | ProofInvalid;

export interface RotateDeviceKeyResult {
  readonly device: DeviceRow | null;
  readonly errors: RotateDeviceKeyError[];
}

export async function rotateDeviceKey(
  deps: RecipientsWork,
  request: RotateDeviceKeyRequest,
): Promise<RotateDeviceKeyResult> {
  const { tenantId, deviceId, challenge, authorization } = request;
  const id = uuidOf('device', deviceId);
  const device =
    id === null ? null : await deps.database.read(tenantId, (tx) => find(tx, tenantId, id));
  if (device === null) {
    return refuse(new NotFound(['deviceId'], 'There is no device with this id.'));
  }
  if (device.state !== 'ACTIVE') return refuse(notActive());
  const now = deps.clock.now();
  const recipientId = publicId('recipient', device.recipientId);
  const key = await proveDeviceKey(deps, { ...request, recipientId }, now);
  if ('code' in key) return refuse(key);
  const binding = { typ: ROTATION_TYPE, aud: tenantId, sub: deviceId, now };
  const statement = readStatement(authorization, device.jwk, {
    ...binding,
    field: 'authorization',
  });
  if ('code' in statement) return refuse(statement);
  const { nonce, jkt } = statement.claims;
  if (nonce !== challenge || jkt !== key.kid) {
    return refuse(new ProofInvalid(['authorization'], 'It is for another key or challenge.'));
  }
  const { attestation } = key;
  const fingerprint = deviceFingerprint(key.kid);
  const next = { key, fingerprint, attestation, challenge, at: new Date(now) };
  return deps.database.transaction(tenantId, async (tx) => {
    await lockRecipient(tx, tenantId, device.recipientId);
    if ((await countDevices(tx, { ...device, challenge })).challengeUsed) {
      return refuse(new ProofInvalid(['challenge'], 'This challenge has served before.'));
    }
    const current = await find(tx, tenantId, device.id);
    if (current?.state !== 'ACTIVE' || current.kid !== device.kid) return refuse(notActive());
    if (!(await replaceDeviceKey(tx, { ...device, fromKid: device.kid }, next))) {
      const sentence = 'This key was registered before; make a new one.';
      return refuse(new AlreadyExists(['publicKey'], sentence));
    }
    const recipientIds = [device.recipientId];
    await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'device' });
    tx.em.clear();
    return { device: await find(tx, tenantId, device.id), errors: [] };
  });
}

function find(
  tx: Parameters<typeof lockRecipient>[0],
  tenantId: string,
  id: string,
): Promise<DeviceRow | null> {
  return tx.em.findOne(DeviceTable, { tenantId, id });
}

function notActive(): WrongState {
  return new WrongState(['deviceId'], 'The device is not active with this key any more.');
}

function refuse(error: RotateDeviceKeyError): RotateDeviceKeyResult {
  return { device: null, errors: [error] };
}
