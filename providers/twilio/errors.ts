// Twilio's error codes, translated into the canonical failure codes.
import type { FailureCode } from '../../schema/vocabulary.ts';

// Source: twilio.com/docs/api/errors. What is not listed stays UNKNOWN until someone reads it up.
const codesByFailure: Readonly<Partial<Record<FailureCode, readonly number[]>>> = {
  AUTH: [20003, 20005, 20006, 20403, 30002],
  THROTTLED: [14107, 20429, 21611, 30001, 30022, 63017, 63018, 63038],
  SENDER_REJECTED: [
    21212, 21606, 21649, 21657, 21659, 21660, 21661, 21664, 21666, 21667, 30018, 30023, 30024,
    30027, 30032, 30033, 30034, 30035, 63001, 63002, 63007, 63008, 63035, 63051,
  ],
  INVALID_RECIPIENT: [21211, 21214, 21217, 21401, 21421, 21604, 21614, 30005, 63003, 63024],
  UNSUPPORTED: [21408, 21612, 21635, 30006, 30011, 30016, 63036, 63106],
  UNREACHABLE: [30003, 30017],
  OPTED_OUT: [21610, 63014, 63032, 63033],
  BLOCKED: [30004, 30007, 30450, 63013, 63026],
  INVALID_CONTENT: [
    21602, 21617, 21620, 21654, 21656, 30019, 63005, 63006, 63011, 63016, 63019, 63021, 63027,
    63028, 63030, 63034, 63037, 63040, 63041, 63042,
  ],
  EXPIRED: [30036],
  PROVIDER_FAULT: [20500, 20503, 30020, 30021, 30410, 63009, 63010, 63012, 63023],
  UNKNOWN: [30008],
};

/** Canonical code by Twilio's code, written as text. */
export const twilioFailures: ReadonlyMap<string, FailureCode> = new Map(
  Object.entries(codesByFailure).flatMap(([failure, codes]) =>
    codes.map((code) => [String(code), failure as FailureCode] as const),
  ),
);
