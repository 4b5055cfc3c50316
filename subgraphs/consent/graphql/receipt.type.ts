// Receipts of consent records and the log that holds them, as GraphQL shows them.
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { LogProblem } from '../audit-log.ts';
import { ReceiptProblem } from '../verify-receipt.ts';

registerEnumType(ReceiptProblem, {
  name: 'ReceiptProblem',
  description: 'What may be wrong with a receipt.',
  valuesConfig: {
    NOT_A_RECEIPT: { description: 'It is no signed receipt at all.' },
    SIGNATURE_INVALID: { description: 'None of the tenant’s keys signed it.' },
    NOT_RECORDED: { description: 'The tenant has no such record.' },
    RECORD_ALTERED: { description: 'The record is not what was signed, or not what was logged.' },
    PROOF_MISSING: { description: 'No checkpoint covers the record yet.' },
    PROOF_INVALID: { description: 'The proof does not lead from the receipt to its checkpoint.' },
  },
});

registerEnumType(LogProblem, {
  name: 'ConsentLogProblem',
  description: 'What an audit may find in a log.',
  valuesConfig: {
    RECORD_ALTERED: { description: 'A record is not what was logged.' },
    RECORD_MISSING: { description: 'A record is gone; nothing behind it can be audited.' },
    NODE_ALTERED: { description: 'A stored hash is not that of its records.' },
    CHECKPOINT_INVALID: { description: 'A checkpoint is not signed, or not of this log.' },
  },
});

@ObjectType({
  description: 'The signed receipt of a consent record, and the proof that it is on record.',
})
export class ConsentReceipt {
  @Field(() => ID, { description: 'The record, `cns_...`.' })
  consentId!: string;

  @Field(() => String, {
    description: 'A compact JWS with the fields of ISO/IEC TS 27560; the tenant’s keys verify it.',
  })
  receipt!: string;

  @Field(() => String, { description: 'Its place in the tenant’s log, from 0, in decimal.' })
  logIndex!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'A C2SP tlog-proof, to be kept beside the receipt; null until the next checkpoint covers it.',
  })
  proof!: string | null;
}

@ObjectType({ description: 'What came of verifying a receipt.' })
export class ReceiptVerification {
  @Field(() => Boolean, { description: 'Whether nothing is wrong with it.' })
  isValid!: boolean;

  @Field(() => Boolean, { description: 'Whether no later record took its place.' })
  isStanding!: boolean;

  @Field(() => [ReceiptProblem], { description: 'What is wrong; empty when valid.' })
  problems!: ReceiptProblem[];

  @Field(() => ID, { nullable: true, description: 'The record, `cns_...`; null when unknown.' })
  consentId!: string | null;
}

@ObjectType({ description: 'The tenant’s consent log, a Merkle tree by RFC 6962.' })
export class ConsentLog {
  @Field(() => String, { description: 'The name of the log in its checkpoints.' })
  origin!: string;

  @Field(() => String, { description: 'How many records the checkpoint covers, in decimal.' })
  size!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The newest C2SP tlog-checkpoint, a signed note; null before the first.',
  })
  checkpoint!: string | null;

  @Field(() => [String], { description: 'The keys of its notes, as their verifiers take them.' })
  verifierKeys!: string[];
}

@ObjectType({ description: 'Something that is wrong in a log.' })
export class ConsentLogFinding {
  @Field(() => LogProblem, { description: 'What it is.' })
  problem!: LogProblem;

  @Field(() => String, { description: 'The place in the log; of a checkpoint, its size.' })
  index!: string;
}

@ObjectType({ description: 'A part of an audit: all records up to a place.' })
export class ConsentLogAudit {
  @Field(() => String, { description: 'How many records are audited, in decimal.' })
  auditedCount!: string;

  @Field(() => Boolean, { description: 'Whether nothing is left.' })
  isComplete!: boolean;

  @Field(() => String, { description: 'Where the next part goes on.' })
  cursor!: string;

  @Field(() => [ConsentLogFinding], { description: 'What is wrong; empty in a sound log.' })
  findings!: ConsentLogFinding[];
}
