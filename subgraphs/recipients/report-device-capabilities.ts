// Takes what a device says of its own messaging client: signed by its key, newer than its last word, believed for a time.
import type { Transaction } from '../../platform/database.ts';
import { uuidOf } from '../../schema/ids.ts';
import { InvalidInput, NotFound, WrongState } from '../../schema/user-errors.ts';
import { CapabilityPriority, putCapabilityTasks } from './capability-task.ts';
import { tellChannelsChanged } from './changed-channels.ts';
import type { RecipientsWork } from './deps.ts';
import { ttlSecondsFor } from './domain/capability-ttl.ts';
import { learn, type SourceReport } from './domain/capability.ts';
import { readDeviceReport } from './domain/device-report.ts';
import { readStatement } from './prove-device-key.ts';
import { loadTtlRules } from './store/capability-ttls.ts';
import { noteReport } from './store/change-devices.ts';
import { DeviceTable, type DeviceRow } from './store/device.table.ts';
import { loadAddresses } from './store/load-addresses.ts';
import { saveCapabilities } from './store/save-capabilities.ts';
import type { ProofInvalid } from './user-errors.ts';

/** The type of the statement; its claims are read by domain/device-report.ts. */
export const REPORT_TYPE = 'device-report+jwt';

export type ReportDeviceCapabilitiesError = InvalidInput | NotFound | WrongState | ProofInvalid;

export interface ReportDeviceCapabilitiesResult {
  readonly device: DeviceRow | null;
  readonly errors: ReportDeviceCapabilitiesError[];
}

/** deviceId: `dev_...`; report: a statement of the device, see crypto/device-statement.ts. */
export async function reportDeviceCapabilities(
  deps: RecipientsWork,
  request: { readonly tenantId: string; readonly deviceId: string; readonly report: string },
): Promise<ReportDeviceCapabilitiesResult> {
  const { tenantId, deviceId } = request;
  const id = uuidOf('device', deviceId);
  const device =
    id === null
      ? null
      : await deps.database.read(tenantId, ({ em }) => em.findOne(DeviceTable, { tenantId, id }));
  if (device === null) {
    return refuse(new NotFound(['deviceId'], 'There is no device with this id.'));
  }
  if (device.state !== 'ACTIVE') {
    return refuse(new WrongState(['deviceId'], 'The device is not active.'));
  }
  const now = deps.clock.now();
  const expect = { typ: REPORT_TYPE, aud: tenantId, sub: deviceId, now, field: 'report' };
  const statement = readStatement(request.report, device.jwk, expect);
  if ('code' in statement) return refuse(statement);
  const report = readDeviceReport(statement.claims);
  if ('sentence' in report) {
    return refuse(new InvalidInput(['report', report.claim], report.sentence));
  }
  if (report.platform !== device.platform) {
    const sentence = 'The device was registered as one of another platform.';
    return refuse(new InvalidInput(['report', 'platform'], sentence));
  }
  const { clientVersion, osBuild, rcs } = report;
  const reportedAt = new Date(statement.issuedAt);
  const reported: DeviceRow = { ...device, clientVersion, osBuild, reportedAt };
  return deps.database.transaction(tenantId, async (tx) => {
    if (!(await noteReport(tx, reported))) {
      const sentence = 'The device has told something newer, or is not active any more.';
      return refuse(new WrongState(['report'], sentence));
    }
    await believe(tx, deps, device, rcs, now);
    return { device: reported, errors: [] };
  });
}

/** Changes what is known of the person's phone number. A person without one can have no RCS. */
async function believe(
  tx: Transaction,
  deps: RecipientsWork,
  { tenantId, recipientId }: DeviceRow,
  report: SourceReport,
  now: number,
): Promise<void> {
  const addresses = await loadAddresses(tx, tenantId, { recipientIds: [recipientId] });
  const phone = addresses.find(({ kind }) => kind === 'PHONE');
  if (phone === undefined) return;
  const rules = await loadTtlRules(tx, tenantId);
  const previous = phone.capabilities.get('RCS') ?? null;
  const carrier = report.carrier ?? previous?.carrier ?? null;
  const market = { region: phone.region, carrier };
  const ttlMs = ttlSecondsFor(rules, market, deps.settings.capabilityTtlSeconds) * 1_000;
  const { capability, askAgainAt } = learn(previous, { ...report, carrier }, { now, ttlMs });
  const checks = [{ addressId: phone.id, channel: 'RCS', capability } as const];
  const changed = await saveCapabilities(tx, tenantId, checks);
  await putCapabilityTasks(tx, deps, {
    tenantId,
    priority: CapabilityPriority.again,
    addresses: [{ addressId: phone.id, delayMs: askAgainAt - now }],
  });
  const recipientIds = changed.size > 0 ? [recipientId] : [];
  await tellChannelsChanged(tx, deps, { tenantId, recipientIds, reason: 'capability' });
}

function refuse(error: ReportDeviceCapabilitiesError): ReportDeviceCapabilitiesResult {
  return { device: null, errors: [error] };
}
