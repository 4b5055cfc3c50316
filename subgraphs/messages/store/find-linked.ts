// Finds what a link's token names, before its tenant is known.
import type { GeneralJwe } from '../../../crypto/jwe.ts';
import type { Transaction } from '../../../platform/database.ts';
import type { Channel } from '../../../schema/vocabulary.ts';

/** An attempt that carried a link. */
export interface LinkedAttempt {
  readonly id: string;
  readonly channel: Channel;
}

export interface LinkedMessage {
  readonly tenantId: string;
  readonly recipientId: string;
  readonly templateId: string;
  readonly locale: string;
  readonly variablesSealed: Buffer;
  readonly cancelled: boolean;
  /** Null where nothing was sealed to the person's devices. */
  readonly jwe: GeneralJwe | null;
  readonly attempts: readonly LinkedAttempt[];
}

/** Across tenants, by the unguessable message id: the token proves the right to it afterwards. */
export async function findLinked(
  tx: Transaction,
  messageId: string,
): Promise<LinkedMessage | null> {
  const [row] = await tx.query<LinkedMessage>(
    `select m.tenant_id as "tenantId", m.recipient_id as "recipientId", m.template_id as "templateId", m.locale,
       m.variables_sealed as "variablesSealed", m.end_status is not distinct from 'CANCELLED' as cancelled, e.jwe,
       (select coalesce(json_agg(json_build_object('id', a.id, 'channel', a.channel) order by a.number desc), '[]')
        from messages.attempt a where a.tenant_id = m.tenant_id and a.message_id = m.id
          and a.protection in ('ENVELOPE', 'LINK_ONLY')) as attempts
     from messages.message m
     left join messages.envelope e on e.tenant_id = m.tenant_id and e.message_id = m.id
     where m.id = $1`,
    [messageId],
  );
  return row ?? null;
}
