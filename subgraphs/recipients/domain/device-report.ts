// What a device says of itself and of its messaging client, read from the claims that it signed.
import type { DevicePlatform } from '../../../schema/vocabulary.ts';
import { DEVICE_SOURCE, type SourceReport } from './capability.ts';

export interface DeviceReport {
  readonly platform: DevicePlatform;
  readonly clientVersion: string;
  readonly osBuild: string;
  readonly rcs: SourceReport;
}

const NAMES_MAX = 50;
const NAME_CHARACTERS_MAX = 100;
export const VERSION_CHARACTERS_MAX = 64;

/** How a profile of MLS that the client speaks stands among the features, as in `mls:rcc16-v1`. */
const MLS_PREFIX = 'mls:';

/** The report, or the claim that is wrong and a sentence. A device that cannot tell of RCS reports nothing: that would
 *  only displace what somebody knows. RCS encrypts end to end by MLS alone (GSMA RCC.16), so whoever claims the one has to
 *  name a profile of the other. */
export function readDeviceReport(
  claims: Readonly<Record<string, unknown>>,
): DeviceReport | { readonly claim: string; readonly sentence: string } {
  const { platform, clientVersion, osBuild } = claims;
  const fault = (claim: string, sentence: string) => ({ claim, sentence });
  if (platform !== 'ANDROID' && platform !== 'IOS' && platform !== 'WEB') {
    return fault('platform', 'It is ANDROID, IOS or WEB.');
  }
  const sentence = `It has 1 to ${VERSION_CHARACTERS_MAX} characters.`;
  if (!isText(clientVersion, VERSION_CHARACTERS_MAX)) return fault('clientVersion', sentence);
  if (!isText(osBuild, VERSION_CHARACTERS_MAX)) return fault('osBuild', sentence);
  const rcs = readRcs(claims['rcs']);
  return typeof rcs === 'string' ? fault('rcs', rcs) : { platform, clientVersion, osBuild, rcs };
}

function readRcs(rcs: unknown): SourceReport | string {
  const {
    supported,
    nativeE2ee = 'UNKNOWN',
    mlsProfiles = [],
    features = [],
    carrier = null,
  } = Object(rcs) as Readonly<Record<string, unknown>>;
  if (supported !== 'YES' && supported !== 'NO') return 'It says supported: YES or NO.';
  if (nativeE2ee !== 'YES' && nativeE2ee !== 'NO' && nativeE2ee !== 'UNKNOWN') {
    return 'Its nativeE2ee is YES, NO or UNKNOWN.';
  }
  if (!isNames(mlsProfiles)) return `Its mlsProfiles are at most ${NAMES_MAX} names.`;
  if (!isNames(features)) return `Its features are at most ${NAMES_MAX} names.`;
  if (carrier !== null && !isText(carrier, NAME_CHARACTERS_MAX)) return 'Its carrier is a name.';
  if (nativeE2ee === 'YES' && (supported === 'NO' || mlsProfiles.length === 0)) {
    return 'Whoever encrypts end to end supports RCS and names a profile of MLS.';
  }
  return {
    supported,
    // What is not there at all encrypts nothing.
    nativeE2ee: supported === 'NO' ? 'NO' : nativeE2ee,
    features: [...features, ...mlsProfiles.map((profile) => `${MLS_PREFIX}${profile}`)],
    carrier,
    source: DEVICE_SOURCE,
  };
}

function isNames(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length > NAMES_MAX) return false;
  return value.every((name) => isText(name, NAME_CHARACTERS_MAX));
}

function isText(value: unknown, charactersMax: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= charactersMax;
}
