// The carriers of a run: a provider of each kind that the promises tell apart.
import type { CarrierKind } from './carrier.ts';
import type { Random } from './random.ts';

export function carrierKinds(random: Random): readonly CarrierKind[] {
  const rcs: CarrierKind = {
    id: 'rcs-carrier',
    channel: 'RCS',
    duplicates: 'client-key',
    receiptsName: 'attempt',
    reportsDeliveries: true,
    revokes: random.chance(0.8),
  };
  const sms: CarrierKind = {
    id: 'sms-carrier',
    channel: 'SMS',
    duplicates: 'none',
    receiptsName: 'message',
    reportsDeliveries: true,
    revokes: false,
  };
  const email: CarrierKind = {
    id: 'email-carrier',
    channel: 'EMAIL',
    duplicates: 'none',
    receiptsName: 'attempt',
    reportsDeliveries: random.chance(0.3),
    revokes: false,
  };
  return [rcs, sms, email];
}
