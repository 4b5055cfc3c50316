// What a carrier does for one address: a script for hand-overs, one for receipts, and what its phone can do.
import { FailureCode } from '../schema/vocabulary.ts';
import { BadRequest, flagIn, listIn, numberIn, objectIn, onlyKnown, textIn } from './json.ts';

/** What happens to one hand-over. `cut`, `hang`: not taken, no answer. `cut-after`, `hang-after`: taken, the
 *  answer lost. */
export type SubmitStep =
  | { readonly kind: 'ok' | 'cut' | 'cut-after' | 'hang' | 'hang-after' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter: string | null }
  | { readonly kind: 'fail'; readonly code: FailureCode };

/** How the answer to a hand-over that was taken is lost; null where it is given. */
export function lostAnswer(step: SubmitStep): 'cut' | 'hang' | null {
  if (step.kind === 'cut-after') return 'cut';
  return step.kind === 'hang-after' ? 'hang' : null;
}

export type ReceiptKind = 'sent' | 'delivered' | 'read' | 'expired' | 'failed' | 'none';

/** One receipt, so many milliseconds after the hand-over. `code`: canonical, or the wire's own, for `failed`. */
export interface ReceiptStep {
  readonly kind: ReceiptKind;
  readonly code: string | null;
  readonly afterMs: number;
}

interface Scripts {
  /** Consumed in order; the last entry stays. */
  readonly submit: readonly SubmitStep[];
  /** For every message. Empty: never delivered, so it expires. `none`: not even that is told. */
  readonly receipts: readonly ReceiptStep[];
}

export interface Profile extends Scripts {
  readonly rcs: Partial<Scripts> & {
    readonly reachable: boolean;
    readonly features: readonly string[];
  };
  readonly sms: Partial<Scripts>;
  readonly email: Partial<Scripts>;
  readonly push: Partial<Scripts>;
  readonly imessage: Partial<Scripts>;
  /** Further copies of every callback. */
  readonly duplicate: number;
  /** Receipts come in the opposite order. */
  readonly reorder: boolean;
  /** Forged callbacks that claim "read", before every genuine one. */
  readonly badSignature: number;
}

// Source: RCS for Business guide, "Capability checks".
const ALL_FEATURES = [
  'RICHCARD_STANDALONE',
  'RICHCARD_CAROUSEL',
  'ACTION_CREATE_CALENDAR_EVENT',
  'ACTION_DIAL',
  'ACTION_OPEN_URL',
  'ACTION_SHARE_LOCATION',
  'ACTION_VIEW_LOCATION',
  'ACTION_OPEN_URL_IN_WEBVIEW',
  'PDF_IN_RICH_CARDS',
];

// Long enough apart that the order of arrival is the order of sending.
const PLAIN_RECEIPTS = [
  ['sent', 20],
  ['delivered', 50],
];

/** Reads a profile as the control surface takes it. Throws BadRequest. */
export function parseProfile(value: unknown): Profile {
  const given = objectIn(value, 'the profile');
  const known = [
    'address',
    'rcs',
    'sms',
    'email',
    'push',
    'imessage',
    'submit',
    'receipts',
    'duplicate',
    'reorder',
    'badSignature',
  ];
  onlyKnown(given, known, 'the profile');
  const rcs = objectIn(given['rcs'] ?? {}, 'rcs');
  const sms = objectIn(given['sms'] ?? {}, 'sms');
  onlyKnown(rcs, ['reachable', 'features', 'submit', 'receipts'], 'rcs');
  const email = objectIn(given['email'] ?? {}, 'email');
  onlyKnown(sms, ['submit', 'receipts'], 'sms');
  onlyKnown(email, ['submit', 'receipts'], 'email');
  const push = objectIn(given['push'] ?? {}, 'push');
  onlyKnown(push, ['submit', 'receipts'], 'push');
  const imessage = objectIn(given['imessage'] ?? {}, 'imessage');
  onlyKnown(imessage, ['submit', 'receipts'], 'imessage');
  const features = listIn(rcs['features'] ?? ALL_FEATURES, 'rcs.features');
  return {
    submit: [{ kind: 'ok' }],
    receipts: parseReceipts(PLAIN_RECEIPTS),
    ...parseScripts(given),
    rcs: {
      ...parseScripts(rcs),
      reachable: flagIn(rcs['reachable'] ?? true, 'rcs.reachable'),
      features: features.map((feature) => textIn(feature, 'a feature')),
    },
    sms: parseScripts(sms),
    email: parseScripts(email),
    push: parseScripts(push),
    imessage: parseScripts(imessage),
    duplicate: numberIn(given['duplicate'] ?? 0, 'duplicate', 10),
    reorder: flagIn(given['reorder'] ?? false, 'reorder'),
    badSignature: numberIn(given['badSignature'] ?? 0, 'badSignature', 10),
  };
}

function parseScripts(given: Readonly<Record<string, unknown>>): Partial<Scripts> {
  const { submit, receipts } = given;
  return {
    ...(submit !== undefined && { submit: parseSubmit(submit) }),
    ...(receipts !== undefined && { receipts: parseReceipts(receipts) }),
  };
}

function parseSubmit(value: unknown): readonly SubmitStep[] {
  const steps = listIn(value, 'submit').map((step) =>
    parseSubmitStep(textIn(step, 'a submit step')),
  );
  if (steps.length === 0) throw new BadRequest('submit needs one step at least');
  return steps;
}

function parseSubmitStep(step: string): SubmitStep {
  if (step === 'ok' || step === 'cut' || step === 'hang') return { kind: step };
  if (step === 'cutAfter') return { kind: 'cut-after' };
  if (step === 'hangAfter') return { kind: 'hang-after' };
  if (step.startsWith('fail:')) return { kind: 'fail', code: failureCodeIn(step.slice(5)) };
  const [, status, seconds] = /^([45]\d\d)(?::(\d+)s)?$/.exec(step) ?? [];
  if (status === undefined) {
    throw new BadRequest(
      `submit knows ok, cut, cutAfter, hang, hangAfter, 503, 429:1s and fail:CODE, not ${step}`,
    );
  }
  return { kind: 'status', status: Number(status), retryAfter: seconds ?? null };
}

const RECEIPT = /^(sent|delivered|read|expired|none|failed:([A-Z_]+|\d+))$/;

function parseReceipts(value: unknown): readonly ReceiptStep[] {
  return listIn(value, 'receipts').map((entry) => {
    const [word, afterMs] = listIn(entry, 'a receipt');
    return {
      ...parseReceipt(textIn(word, 'a receipt')),
      afterMs: numberIn(afterMs ?? 0, 'an offset'),
    };
  });
}

/** `delivered`, `failed:UNREACHABLE`, `failed:30003`. Throws BadRequest. */
export function parseReceipt(word: string): Omit<ReceiptStep, 'afterMs'> {
  const [, kind, code] = RECEIPT.exec(word) ?? [];
  if (kind === undefined) {
    throw new BadRequest(
      `receipts know sent, delivered, read, expired, none and failed:CODE, not ${word}`,
    );
  }
  return code === undefined
    ? { kind: kind as ReceiptKind, code: null }
    : { kind: 'failed', code: /^\d/.test(code) ? code : failureCodeIn(code) };
}

function failureCodeIn(text: string): FailureCode {
  if (Object.hasOwn(FailureCode, text)) return text as FailureCode;
  throw new BadRequest(`there is no failure code ${text}`);
}
