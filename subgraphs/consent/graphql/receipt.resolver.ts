// The door to proof: receipts, their verification, and the log for auditors.
import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { ApiError } from '../../../platform/errors.ts';
import { requireScope } from '../../../platform/principal.ts';
import { publicId } from '../../../schema/ids.ts';
import { auditLog, AUDIT_PAGE } from '../audit-log.ts';
import type { ConsentContext } from '../context.ts';
import { describeLog, proveConsistency, type IssuedReceipt } from '../issue-receipts.ts';
import { verifyReceipt } from '../verify-receipt.ts';
import { ConsentState } from './consent.type.ts';
import {
  ConsentLog,
  ConsentLogAudit,
  ConsentReceipt,
  ReceiptVerification,
} from './receipt.type.ts';

@Resolver(() => ConsentState)
export class ReceiptResolver {
  @FieldResolver(() => ConsentReceipt, {
    description: 'The signed receipt of this record, with its proof.',
  })
  async receipt(
    @Root() { id }: ConsentState,
    @Ctx() context: ConsentContext,
  ): Promise<ConsentReceipt> {
    requireScope(context.principal, 'consent:read');
    const issued = await context.loaders.receipts.load(id);
    if (issued === null) throw new Error('a record has a receipt');
    return toReceipt(issued);
  }

  @Query(() => ConsentReceipt, {
    nullable: true,
    description: 'The signed receipt of a record; null when there is none.',
  })
  async consentReceipt(
    @Arg('consentId', () => ID, { description: 'The record, `cns_...`.' }) consentId: string,
    @Ctx() { principal, loaders }: ConsentContext,
  ): Promise<ConsentReceipt | null> {
    requireScope(principal, 'consent:read');
    const issued = await loaders.receipts.load(consentId);
    return issued === null ? null : toReceipt(issued);
  }

  @Query(() => ReceiptVerification, {
    description: 'Verifies a receipt that somebody presents, and whether it still stands.',
  })
  async verifyReceipt(
    @Arg('receipt', () => String, { description: 'The compact JWS.' }) receipt: string,
    @Arg('proof', () => String, {
      nullable: true,
      description: 'The proof that came with it; without it the log makes one.',
    })
    proof: string | null,
    @Ctx() context: ConsentContext,
  ): Promise<ReceiptVerification> {
    const { principal } = context;
    requireScope(principal, 'consent:read');
    const presented = { receipt, proof: proof ?? null };
    const verdict = await verifyReceipt(context, principal.tenantId, presented);
    const { problems, consentId, standing } = verdict;
    return {
      isValid: problems.length === 0,
      isStanding: standing,
      problems: [...problems],
      consentId: consentId === null ? null : publicId('consent', consentId),
    };
  }

  @Query(() => ConsentLog, { description: 'The tenant’s consent log as it was last signed.' })
  async consentLog(@Ctx() context: ConsentContext): Promise<ConsentLog> {
    requireScope(context.principal, 'audit:read');
    const { size, verifierKeys, ...log } = await describeLog(context, context.principal.tenantId);
    return { ...log, size: String(size), verifierKeys: [...verifierKeys] };
  }

  @Query(() => [String], {
    description:
      'Hashes in base64 that prove that the log only grew between two sizes (RFC 9162 section 2.1.4).',
  })
  async consentLogConsistency(
    @Arg('from', () => String, { description: 'The earlier size, in decimal, from 1.' })
    from: string,
    @Arg('to', () => String, { description: 'The later size, at most that of the checkpoint.' })
    to: string,
    @Ctx() context: ConsentContext,
  ): Promise<string[]> {
    requireScope(context.principal, 'audit:read');
    const sizes = { from: readSize(from, 'from'), to: readSize(to, 'to') };
    const proof = await proveConsistency(context, context.principal.tenantId, sizes);
    if (proof !== null) return proof.map((hash) => Buffer.from(hash).toString('base64'));
    const sentence = 'Sizes are 1 <= from <= to <= the size of the newest checkpoint.';
    throw new ApiError('BAD_USER_INPUT', sentence, { path: ['from', 'to'] });
  }

  @Query(() => ConsentLogAudit, {
    description: `Audits the log, ${AUDIT_PAGE} records a call: rows, hashes and checkpoints.`,
  })
  async consentLogAudit(
    @Arg('after', () => String, {
      nullable: true,
      description: 'The cursor of the part before; the beginning when missing.',
    })
    after: string | null,
    @Ctx() context: ConsentContext,
  ): Promise<ConsentLogAudit> {
    requireScope(context.principal, 'audit:read');
    const page = { after: after ?? null, limit: AUDIT_PAGE };
    const audit = await auditLog(context, context.principal.tenantId, page);
    if (audit === null) {
      throw new ApiError('BAD_USER_INPUT', 'This is no cursor of an audit.', { path: ['after'] });
    }
    const { audited, complete, cursor, findings } = audit;
    return {
      auditedCount: String(audited),
      isComplete: complete,
      cursor,
      findings: findings.map(({ problem, index }) => ({ problem, index: String(index) })),
    };
  }
}

function toReceipt({ consentId, logIndex, ...issued }: IssuedReceipt): ConsentReceipt {
  return { ...issued, consentId: publicId('consent', consentId), logIndex: String(logIndex) };
}

function readSize(text: string, field: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  throw new ApiError('BAD_USER_INPUT', `${field} is a decimal number.`, { path: [field] });
}
