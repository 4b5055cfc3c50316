// Notes that a person compared a device's fingerprint: what the device shows is what messages are sealed to.
import { uuidOf } from '../../schema/ids.ts';
import { NotFound, WrongState } from '../../schema/user-errors.ts';
import type { RecipientsWork } from './deps.ts';
import { confirmFingerprint } from './store/change-devices.ts';
import { DeviceTable, type DeviceRow } from './store/device.table.ts';
import { ProofInvalid } from './user-errors.ts';

export interface ConfirmDeviceFingerprintRequest {
  readonly tenantId: string;
  /** `dev_...` */
  readonly deviceId: string;
  /** Thirty digits as the device showed them, in whatever groups. */
  readonly fingerprint: string;
}

export type ConfirmDeviceFingerprintError = NotFound | WrongState | ProofInvalid;

export interface ConfirmDeviceFingerprintResult {
  readonly device: DeviceRow | null;
  readonly errors: ConfirmDeviceFingerprintError[];
}

/** Of the present key: the next one has another fingerprint, which nobody has compared. Twice is like once. */
export async function confirmDeviceFingerprint(
  deps: RecipientsWork,
  { tenantId, deviceId, fingerprint }: ConfirmDeviceFingerprintRequest,
): Promise<ConfirmDeviceFingerprintResult> {
  const id = uuidOf('device', deviceId);
  const refuse = (error: ConfirmDeviceFingerprintError) => ({ device: null, errors: [error] });
  if (id === null) return refuse(noDevice());
  return deps.database.transaction(tenantId, async (tx) => {
    const digits = fingerprint.replaceAll(/\s/g, '');
    const at = new Date(deps.clock.now());
    const confirmed = await confirmFingerprint(tx, { tenantId, id, digits, at });
    const device = await tx.em.findOne(DeviceTable, { tenantId, id });
    if (device === null) return refuse(noDevice());
    if (confirmed) return { device, errors: [] };
    if (device.state !== 'ACTIVE') {
      return refuse(new WrongState(['deviceId'], 'The device is not active.'));
    }
    // Whoever sees this has perhaps found somebody else's key in the middle.
    const sentence = 'This is not the fingerprint of the key that messages are sealed to.';
    return refuse(new ProofInvalid(['fingerprint'], sentence));
  });
}

function noDevice(): NotFound {
  return new NotFound(['deviceId'], 'There is no device with this id.');
}
