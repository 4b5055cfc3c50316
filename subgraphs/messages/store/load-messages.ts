// Loads messages with their attempts and locks them: one statement for a batch, in the order of their ids.
import type { Transaction } from '../../../platform/database.ts';
import type {
  AttemptState,
  Channel,
  FailureCode,
  FallbackReason,
  MessageStatus,
  Protection,
} from '../../../schema/vocabulary.ts';
import type { Decision } from '../domain/decision.ts';
import type { Attempt } from '../domain/message-state.ts';

export interface LoadedMessage {
  readonly tenantId: string;
  readonly id: string;
  readonly recipientId: string;
  readonly templateId: string;
  readonly locale: string;
  readonly variablesSealed: Buffer;
  readonly decision: Decision;
  readonly phase: 'ACTIVE' | 'ENDED';
  readonly endStatus: MessageStatus | null;
  readonly expiresAt: number;
  readonly attempts: readonly Attempt[];
}

interface AttemptJson {
  id: string;
  number: number;
  line: number;
  channel: Channel;
  protection: Protection;
  provider: string;
  state: AttemptState;
  tries: number;
  failure_code: FailureCode | null;
  fallback_reason: FallbackReason | null;
  started_ms: number | null;
}

interface Row {
  tenant_id: string;
  id: string;
  recipient_id: string;
  template_id: string;
  locale: string;
  variables_sealed: Buffer;
  decision: Decision;
  phase: 'ACTIVE' | 'ENDED';
  end_status: MessageStatus | null;
  expires_ms: number;
  attempts: AttemptJson[];
}

const ATTEMPTS = `(select json_agg(json_build_object('id', a.id, 'number', a.number, 'line', a.line,
    'channel', a.channel, 'protection', a.protection, 'provider', a.provider, 'state', a.state, 'tries', a.tries,
    'failure_code', a.failure_code, 'fallback_reason', a.fallback_reason,
    'started_ms', extract(epoch from a.started_at)::float8 * 1000) order by a.number)
  from messages.attempt a where a.tenant_id = m.tenant_id and a.message_id = m.id)`;

/** By message id. Whoever changes a message locks it here first, so its events are in order. */
export async function lockMessages(
  tx: Transaction,
  keys: readonly { tenantId: string; messageId: string }[],
): Promise<ReadonlyMap<string, LoadedMessage>> {
  if (keys.length === 0) return new Map();
  const rows = await tx.query<Row>(
    `select m.tenant_id, m.id, m.recipient_id, m.template_id, m.locale, m.variables_sealed, m.decision,
       m.phase, m.end_status, extract(epoch from m.expires_at)::float8 * 1000 as expires_ms,
       ${ATTEMPTS} as attempts
     from messages.message m
     join (select distinct * from unnest($1::text[], $2::uuid[])) as k (tenant_id, id)
       on m.tenant_id = k.tenant_id and m.id = k.id
     order by m.id for update of m`,
    [keys.map((key) => key.tenantId), keys.map((key) => key.messageId)],
  );
  const newer = await attemptsNow(tx, rows);
  return new Map(
    rows.map((row) => [row.id, toMessage({ ...row, attempts: newer.get(row.id) ?? row.attempts })]),
  );
}

/** Attempts as they are once their message is locked, where it goes several ways at once: while the lock was waited for,
 *  another line may have changed them, and a statement goes on seeing what was when it began. Whoever holds the only
 *  task of a message has nobody beside them, so nothing is read again there. */
async function attemptsNow(
  tx: Transaction,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, AttemptJson[]>> {
  const divided = rows.filter(({ decision }) => (decision.lineCount ?? 1) > 1);
  if (divided.length === 0) return new Map();
  const found = await tx.query<Pick<Row, 'id' | 'attempts'>>(
    `select m.id, ${ATTEMPTS} as attempts from unnest($1::text[], $2::uuid[]) as m (tenant_id, id)`,
    [divided.map((row) => row.tenant_id), divided.map((row) => row.id)],
  );
  return new Map(found.map(({ id, attempts }) => [id, attempts]));
}

function toMessage(row: Row): LoadedMessage {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    recipientId: row.recipient_id,
    templateId: row.template_id,
    locale: row.locale,
    variablesSealed: row.variables_sealed,
    decision: row.decision,
    phase: row.phase,
    endStatus: row.end_status,
    expiresAt: Math.round(row.expires_ms),
    attempts: row.attempts.map((attempt) => ({
      id: attempt.id,
      number: attempt.number,
      line: attempt.line,
      route: {
        channel: attempt.channel,
        protection: attempt.protection,
        provider: attempt.provider,
      },
      state: attempt.state,
      tries: attempt.tries,
      startedAt: attempt.started_ms === null ? null : Math.round(attempt.started_ms),
      failureCode: attempt.failure_code,
      fallbackReason: attempt.fallback_reason,
    })),
  };
}
