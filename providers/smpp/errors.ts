// What an SMSC answers and reports, translated into the canonical failure codes.
import { DeliveryEventType, FailureCode } from '../../schema/vocabulary.ts';

type Status = readonly [value: number, name: string];

// Source: SMPP 3.4, section 5.1.3; from 0x0100 on SMPP 5.0, section 4.7.6. What is not listed is the operator's own and
// stays UNKNOWN.
const statusesByFailure: Readonly<Partial<Record<FailureCode, readonly Status[]>>> = {
  AUTH: [
    [0x04, 'ESME_RINVBNDSTS'],
    [0x05, 'ESME_RALYBND'],
    [0x0d, 'ESME_RBINDFAIL'],
    [0x0e, 'ESME_RINVPASWD'],
    [0x0f, 'ESME_RINVSYSID'],
    [0x53, 'ESME_RINVSYSTYP'],
  ],
  SENDER_REJECTED: [
    [0x0a, 'ESME_RINVSRCADR'],
    [0x15, 'ESME_RINVSERTYP'],
    [0x48, 'ESME_RINVSRCTON'],
    [0x49, 'ESME_RINVSRCNPI'],
    [0x100, 'ESME_RSERTYPUNAUTH'],
    [0x103, 'ESME_RSERTYPDENIED'],
  ],
  INVALID_RECIPIENT: [
    [0x0b, 'ESME_RINVDSTADR'],
    [0x50, 'ESME_RINVDSTTON'],
    [0x51, 'ESME_RINVDSTNPI'],
  ],
  INVALID_CONTENT: [
    [0x01, 'ESME_RINVMSGLEN'],
    [0x02, 'ESME_RINVCMDLEN'],
    [0x43, 'ESME_RINVESMCLASS'],
    [0x61, 'ESME_RINVSCHED'],
    [0x62, 'ESME_RINVEXPIRY'],
    [0xc0, 'ESME_RINVOPTPARSTREAM'],
    [0xc1, 'ESME_ROPTPARNOTALLWD'],
    [0xc2, 'ESME_RINVPARLEN'],
    [0xc3, 'ESME_RMISSINGOPTPARAM'],
    [0xc4, 'ESME_RINVOPTPARAMVAL'],
    [0x104, 'ESME_RINVDCS'],
  ],
  BLOCKED: [
    [0x65, 'ESME_RX_P_APPN'],
    [0x101, 'ESME_RPROHIBITED'],
  ],
  THROTTLED: [
    [0x14, 'ESME_RMSGQFUL'],
    [0x58, 'ESME_RTHROTTLED'],
  ],
  PROVIDER_FAULT: [
    [0x08, 'ESME_RSYSERR'],
    [0x45, 'ESME_RSUBMITFAIL'],
    [0x64, 'ESME_RX_T_APPN'],
    [0xfe, 'ESME_RDELIVERYFAILURE'],
    [0x102, 'ESME_RSERTYPUNAVAIL'],
  ],
  UNKNOWN: [
    [0x66, 'ESME_RX_R_APPN'],
    [0xff, 'ESME_RUNKNOWNERR'],
  ],
};

const failureByStatus: ReadonlyMap<number, { readonly code: FailureCode; readonly name: string }> =
  new Map(
    Object.entries(statusesByFailure).flatMap(([code, statuses]) =>
      statuses.map(([value, name]) => [value, { code: code as FailureCode, name }] as const),
    ),
  );

/** The canonical code of a command_status, and its name: `0x00000404` where only the operator knows it. */
export function failureOf(status: number): { readonly code: FailureCode; readonly name: string } {
  const name = `0x${status.toString(16).toUpperCase().padStart(8, '0')}`;
  return failureByStatus.get(status) ?? { code: FailureCode.UNKNOWN, name };
}

/** A receipt's state by its number in the TLV `message_state`. Source: SMPP 3.4, section 5.2.28. */
export const stateNames: ReadonlyMap<number, string> = new Map([
  [1, 'ENROUTE'],
  [2, 'DELIVRD'],
  [3, 'EXPIRED'],
  [4, 'DELETED'],
  [5, 'UNDELIV'],
  [6, 'ACCEPTD'],
  [7, 'UNKNOWN'],
  [8, 'REJECTD'],
]);

interface ReportedState {
  readonly type: DeliveryEventType;
  readonly failureCode: FailureCode | null;
}

const { SENT, DELIVERED, EXPIRED, REVOKED, FAILED } = DeliveryEventType;

/** By its name in a receipt's text (SMPP 3.4, appendix B). The receipt's `err` says more, but in each network's own
 *  numbers, so it is kept and not read. ACCEPTD is what SMSCs tell before the phone has it. */
export const reportedStates: ReadonlyMap<string, ReportedState> = new Map([
  ['ENROUTE', { type: SENT, failureCode: null }],
  ['ACCEPTD', { type: SENT, failureCode: null }],
  ['DELIVRD', { type: DELIVERED, failureCode: null }],
  ['EXPIRED', { type: EXPIRED, failureCode: FailureCode.EXPIRED }],
  ['DELETED', { type: REVOKED, failureCode: null }],
  ['UNDELIV', { type: FAILED, failureCode: FailureCode.UNREACHABLE }],
  ['REJECTD', { type: FAILED, failureCode: FailureCode.BLOCKED }],
  ['UNKNOWN', { type: FAILED, failureCode: FailureCode.UNKNOWN }],
]);
