// Registers a device: it proves that it holds the private half of its key, by signing our challenge. Each serves once.
import { deviceFingerprint } from '../../crypto/device-key.ts';
import { DEVICES_MAX } from '../../crypto/envelope.ts';
import { uuidOf } from '../../schema/ids.ts';
import { AlreadyExists, InvalidInput, NotFound, WrongState } from '../../schema/user-errors.ts';
import type { DevicePlatform } from '../../schema/vocabulary.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { VERSION_CHARACTERS_MAX } from './domain/device-report.ts';
import { proveDeviceKey, type KeyProof } from './prove-device-key.ts';
import type { DeviceRow } from './store/device.table.ts';
import { lockRecipient } from './store/find-recipient.ts';
import { countDevices, insertDevice } from './store/insert-device.ts';
import { ProofInvalid } from './user-errors.ts';
import { findIdentityRefusal } from './verify-identity.ts';

export interface RegisterDeviceRequest extends KeyProof {
  readonly platform: DevicePlatform;
  /** Of the tenant's OpenID provider, with the challenge as its nonce; null binds the key to no identity. */
  readonly idToken: string | null;
  readonly clientVersion: string | null;
  readonly osBuild: string | null;
}

export type RegisterDeviceError =
  InvalidInput | NotFound | AlreadyExists | WrongState | ProofInvalid;

export interface RegisterDeviceResult {
  readonly device: DeviceRow | null;
  readonly errors: RegisterDeviceError[];
}

export async function registerDevice(
  deps: RecipientsWork,
  request: RegisterDeviceRequest,
): Promise<RegisterDeviceResult> {
  const { tenantId, clientVersion, osBuild } = request;
  const recipientId = uuidOf('recipient', request.recipientId);
  if (recipientId === null) return refuse(noRecipient());
  for (const [field, text] of Object.entries({ clientVersion, osBuild })) {
    if (text !== null && text.length > VERSION_CHARACTERS_MAX) {
      const sentence = `At most ${VERSION_CHARACTERS_MAX} characters.`;
      return refuse(new InvalidInput([field], sentence));
    }
  }
  const now = deps.clock.now();
  const { idToken } = request;
  if (idToken !== null) {
    const refusal = await findIdentityRefusal(deps, { ...request, recipientId, idToken }, now);
    if (refusal !== null) return refuse(refusal);
  }
  const key = await proveDeviceKey(deps, request, now);
  if ('code' in key) return refuse(key);
  const device: DeviceRow = {
    tenantId,
    id: deps.newUuid(),
    recipientId,
    platform: request.platform,
    kid: key.kid,
    fingerprint: deviceFingerprint(key.kid),
    jwk: key.jwk,
    keyVersion: 1,
    attestation: key.attestation,
    identityVerifiedAt: idToken === null ? null : new Date(now),
    fingerprintConfirmedAt: null,
    reportedAt: null,
    state: 'ACTIVE',
    clientVersion,
    osBuild,
    challenge: request.challenge,
    registeredAt: new Date(now),
    revokedAt: null,
  };
  const error = await store(deps, device);
  return error === null ? { device, errors: [] } : refuse(error);
}

async function store(deps: RecipientsWork, device: DeviceRow): Promise<RegisterDeviceError | null> {
  const { tenantId, recipientId } = device;
  return deps.database.transaction(tenantId, async (tx) => {
    if (!(await lockRecipient(tx, tenantId, recipientId))) return noRecipient();
    // A statement of its own: it has to see what the registration before us has committed.
    const { active, challengeUsed } = await countDevices(tx, device);
    if (challengeUsed) return new ProofInvalid(['challenge'], 'This challenge has served before.');
    if (active >= DEVICES_MAX) {
      const sentence = `A recipient has at most ${DEVICES_MAX} active devices; revoke one first.`;
      return new WrongState(['recipientId'], sentence);
    }
    if (!(await insertDevice(tx, device))) {
      return new AlreadyExists(['publicKey'], 'This key was registered before; make a new one.');
    }
    await tellChannelsChanged(tx, deps, {
      tenantId,
      recipientIds: [recipientId],
      reason: 'device',
    });
    return null;
  });
}

function refuse(error: RegisterDeviceError): RegisterDeviceResult {
  return { device: null, errors: [error] };
}

function noRecipient(): NotFound {
  return new NotFound(['recipientId'], 'There is no recipient with this id.');
}
