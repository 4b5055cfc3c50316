// The door to people's data as a whole: taken over from other systems, handed out, and erased.
import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import { publicId, uuidOf } from '../../../schema/ids.ts';
import { REASON_EXPECTED, isReason } from '../../../schema/reason.ts';
import { InvalidInput } from '../../../schema/user-errors.ts';
import type { RecipientsContext } from '../context.ts';
import { eraseRecipient } from '../erase-recipient.ts';
import { exportRecipient } from '../export-recipient.ts';
import { IMPORT_ROWS_MAX, importRecipients } from '../import-recipients.ts';
import { findErasure, type Erasure as ErasureRow } from '../store/erasures.ts';
import {
  Erasure,
  EraseRecipientPayload,
  ExportRecipientPayload,
  ImportRecipientsInput,
  ImportRecipientsPayload,
  PersonalDataInput,
} from './people-data.input.ts';
import { readWritten } from './recipient.input.ts';

@Resolver()
export class PeopleDataResolver {
  @Mutation(() => ImportRecipientsPayload, {
    description:
      'Registers or changes up to 1,000 people at once. The same rows again change nothing.',
  })
  async importRecipients(
    @Arg('input', () => ImportRecipientsInput, { description: 'The people.' })
    { rows }: ImportRecipientsInput,
    @Ctx() context: RecipientsContext,
  ): Promise<ImportRecipientsPayload> {
    requireScope(context.principal, 'recipients:write');
    if (rows.length === 0 || rows.length > IMPORT_ROWS_MAX) {
      const sentence = `An import has 1 to ${IMPORT_ROWS_MAX} rows.`;
      return { results: [], errors: [new InvalidInput(['rows'], sentence)] };
    }
    const { tenantId } = context.principal;
    const results = await importRecipients(context, tenantId, rows.map(readWritten));
    return {
      results: results.map(({ recipientId, ...result }) => ({
        ...result,
        recipientId: recipientId && publicId('recipient', recipientId),
      })),
      errors: [],
    };
  }

  @Mutation(() => ExportRecipientPayload, {
    description:
      'Hands out what is held of a person, in clear text, for holders of `pii:read`. It goes on record first.',
  })
  async exportRecipient(
    @Arg('input', () => PersonalDataInput, { description: 'Whose, and why.' })
    { recipientId, reason }: PersonalDataInput,
    @Ctx() context: RecipientsContext,
  ): Promise<ExportRecipientPayload> {
    requireScope(context.principal, 'pii:read');
    if (!isReason(reason)) return { recipient: null, data: null, errors: [badReason()] };
    const { tenantId, subject: actor } = context.principal;
    const outcome = await exportRecipient(context, { tenantId, recipientId, actor, reason });
    if ('error' in outcome) return { recipient: null, data: null, errors: [outcome.error] };
    return { ...outcome.exported, errors: [] };
  }

  @Mutation(() => EraseRecipientPayload, {
    description:
      'Erases a person for good: the key under which everything personal is sealed is destroyed. What remains holds pseudonyms alone.',
  })
  async eraseRecipient(
    @Arg('input', () => PersonalDataInput, { description: 'Whom, and why.' })
    { recipientId, reason }: PersonalDataInput,
    @Ctx() context: RecipientsContext,
  ): Promise<EraseRecipientPayload> {
    requireScope(context.principal, 'recipients:admin');
    if (!isReason(reason)) return { erasure: null, errors: [badReason()] };
    const { tenantId, subject: actor } = context.principal;
    const outcome = await eraseRecipient(context, { tenantId, recipientId, actor, reason });
    if ('error' in outcome) return { erasure: null, errors: [outcome.error] };
    return { erasure: toErasure(outcome.erasure), errors: [] };
  }

  @Query(() => Erasure, {
    nullable: true,
    description: 'The record of an erasure, by any id that the person had; null where none was.',
  })
  async erasure(
    @Arg('recipientId', () => ID, { description: 'The id, `rcp_...`.' }) recipientId: string,
    @Ctx() { principal, database }: RecipientsContext,
  ): Promise<Erasure | null> {
    requireScope(principal, 'audit:read');
    const id = uuidOf('recipient', recipientId);
    const found =
      id &&
      (await database.read(principal.tenantId, (tx) => findErasure(tx, principal.tenantId, id)));
    return found ? toErasure(found) : null;
  }
}

const badReason = () => new InvalidInput(['reason'], REASON_EXPECTED);

function toErasure({ recipientId, mergedIds, ...rest }: ErasureRow): Erasure {
  return {
    ...rest,
    recipientId: publicId('recipient', recipientId),
    mergedIds: mergedIds.map((id) => publicId('recipient', id)),
  };
}
