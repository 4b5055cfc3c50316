// What mail servers answer and report, translated into the canonical failure codes.
import { FailureCode } from '../../schema/vocabulary.ts';

type Named = Readonly<Partial<Record<FailureCode, readonly string[]>>>;

// Source: RFC 3463 section 3, RFC 7372, RFC 7505, and the registry of enhanced status codes. `x` stands for both classes:
// 4, which may pass, and 5, which stays. `*` stands for all of a subject but what is listed apart.
const statusesByFailure: Named = {
  INVALID_RECIPIENT: ['5.1.*', '5.6.7'],
  SENDER_REJECTED: ['x.1.7', 'x.1.8', ...[20, 21, 22, 23, 24, 25, 26, 27].map((n) => `5.7.${n}`)],
  // 5.1.0 says that something is the matter with some address, perhaps ours.
  UNREACHABLE: ['5.1.0', '4.1.*', 'x.2.*', '5.3.*', '5.4.*'],
  INVALID_CONTENT: ['x.2.3', 'x.3.4', '5.5.*', 'x.6.*'],
  EXPIRED: ['x.4.7'],
  AUTH: ['5.7.8', '5.7.9', '5.7.11', '5.7.12'],
  BLOCKED: ['5.7.*'],
  THROTTLED: ['x.5.3', '4.7.*', 'x.7.28', '4.3.1'],
  PROVIDER_FAULT: ['4.3.*', '4.4.*', '4.5.*'],
};

const failureByStatus: ReadonlyMap<string, FailureCode> = new Map(
  (Object.entries(statusesByFailure) as [FailureCode, readonly string[]][]).flatMap(
    ([failure, statuses]) =>
      statuses.flatMap((status) =>
        status.startsWith('x')
          ? [[`4${status.slice(1)}`, failure] as const, [`5${status.slice(1)}`, failure] as const]
          : [[status, failure] as const],
      ),
  ),
);

// Source: RFC 5321 section 4.2.2, RFC 4954 section 6, RFC 7504. What a server says that knows no enhanced codes.
const repliesByFailure: Named = {
  INVALID_RECIPIENT: ['550', '551', '553', '556'],
  UNREACHABLE: ['450', '521', '552'],
  AUTH: ['530', '534', '535', '538'],
  BLOCKED: ['554'],
  THROTTLED: ['452'],
  PROVIDER_FAULT: ['421', '432', '451', '454', '455'],
  INVALID_CONTENT: ['500', '501', '503', '555'],
};

const failureByReply: ReadonlyMap<string, FailureCode> = new Map(
  (Object.entries(repliesByFailure) as [FailureCode, readonly string[]][]).flatMap(
    ([failure, replies]) => replies.map((reply) => [reply, failure] as const),
  ),
);

const ENHANCED = /^([245])\.(\d{1,3})\.(\d{1,3})$/;
/** An enhanced code counts where a reply code is before it: other numbers with dots are addresses and versions. */
const WITHIN_REPLY = /\b[245]\d\d[ -]([245]\.\d{1,3}\.\d{1,3})\b(?!\.)/;

/** The enhanced status code within a reply or a diagnosis; null where it has none. */
export function enhancedIn(text: string): string | null {
  return WITHIN_REPLY.exec(text)?.[1] ?? null;
}

/** Whether a status says what is the matter, and not only that something is. */
export function isTelling(status: string): boolean {
  return ENHANCED.test(status) && !status.endsWith('.0.0');
}

/** Of an enhanced status code; null where it does not tell. */
export function failureOfStatus(status: string): FailureCode | null {
  const [, kind, subject] = ENHANCED.exec(status) ?? [];
  if (kind === undefined) return null;
  return failureByStatus.get(status) ?? failureByStatus.get(`${kind}.${subject}.*`) ?? null;
}

/** What a reply refuses: the sender, the recipient, or the message. */
export type Stage = 'session' | 'sender' | 'recipient' | 'message';

/** Of a reply such as `550 5.1.1 No such user`, and its codes without its words: those may name a person. */
export function failureOfReply(
  reply: string,
  stage: Stage,
): { readonly code: FailureCode; readonly providerCode: string } {
  const number = /^\d{3}/.exec(reply)?.[0] ?? '';
  const status = enhancedIn(reply);
  const providerCode = status === null ? number : `${number} ${status}`;
  const told = status === null ? null : failureOfStatus(status);
  return { code: told ?? failureOfNumber(number, stage), providerCode };
}

function failureOfNumber(number: string, stage: Stage): FailureCode {
  const known = failureByReply.get(number);
  if (number.startsWith('4')) return known ?? FailureCode.PROVIDER_FAULT;
  // The same 550 stands for whatever is refused: it is about the address only where that was just named.
  if (known === FailureCode.INVALID_RECIPIENT && stage !== 'recipient') {
    return stage === 'message' ? FailureCode.BLOCKED : FailureCode.SENDER_REJECTED;
  }
  return known ?? FailureCode.UNKNOWN;
}
