// Decisions as a whole, as people read them in the golden file; what candidates say; and whether a planned route still holds.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import {
  negotiate,
  stillAllowed,
  type Negotiation,
} from '../../../../../subgraphs/messages/domain/negotiation.ts';
import { defaultPolicy } from '../../../../../subgraphs/messages/domain/policy.ts';
import type { Channel } from '../../../../../schema/vocabulary.ts';
import { PROJECT_DIRECTORY } from '../../../../../wiring.ts';
import { decisions } from '../../../../support/decisions.ts';
import { NOW, rcsAndSms, refusedBy, withPermission } from '../../../../support/negotiations.ts';

const WITHDRAWN = refusedBy('CONSENT_WITHDRAWN');

// A wanted change is printed anew: node --input-type=module -e "process.stdout.write((await
// import('./dist/test/support/decisions.js')).decisions())" > test/golden/decisions.txt
it('routes are chosen as the golden file shows', async () => {
  const golden = await readFile(new URL('test/golden/decisions.txt', PROJECT_DIRECTORY), 'utf8');
  expect(decisions()).toBe(golden);
});

describe('a candidate', () => {
  it('that was not taken says what it lacked, protection by protection', () => {
    const rcs = negotiate(
      rcsAndSms({ sensitivity: 'HIGH', hasDeviceKey: false }),
      defaultPolicy,
    ).filter(({ channel }) => channel === 'RCS');
    expect(rcs.map(({ protection, reasons }) => [protection, ...reasons])).toEqual([
      ['LINK_ONLY'],
      ['NATIVE_E2EE', 'NATIVE_E2EE_UNAVAILABLE'],
      ['ENVELOPE', 'NO_DEVICE_KEY'],
      ['CLEAR', 'SENSITIVITY_FORBIDS_CLEAR'],
    ]);
  });

  it('names the consent that it relies on, or that refused it', () => {
    const input = rcsAndSms(withPermission('RCS', WITHDRAWN));
    const consentOf = (channel: Channel) =>
      negotiate(input, defaultPolicy).find((one) => one.channel === channel)?.consentId;
    expect(consentOf('SMS')).toBe('c-1');
    expect(consentOf('RCS')).toBe('c-2');
  });
});

describe('a route that was planned', () => {
  const RCS = { channel: 'RCS', protection: 'ENVELOPE' } as const;

  it('is kept when what was known has only become old', () => {
    expect(stillAllowed(RCS, rcsAndSms({}, { expiresAt: NOW - 1 }), defaultPolicy)).toBe(true);
    expect(stillAllowed(RCS, rcsAndSms({}, { supported: 'UNKNOWN' }), defaultPolicy)).toBe(true);
  });

  it.each<[string, Negotiation]>([
    ['consent was withdrawn', rcsAndSms(withPermission('RCS', WITHDRAWN))],
    ['the person opted out', rcsAndSms({ optedOutChannels: ['RCS'] })],
    ['the address is gone', rcsAndSms({}, { hasAddress: false })],
    ['the last device was revoked', rcsAndSms({ hasDeviceKey: false })],
    ['the phone lost it', rcsAndSms({}, { supported: 'NO' })],
  ])('is given up when %s', (_, input) => {
    expect(stillAllowed(RCS, input, defaultPolicy)).toBe(false);
  });

  it('never goes out in clear text when the template has become highly sensitive', () => {
    const clear = { channel: 'RCS', protection: 'CLEAR' } as const;
    expect(stillAllowed(clear, rcsAndSms({ sensitivity: 'HIGH' }), defaultPolicy)).toBe(false);
  });
});
