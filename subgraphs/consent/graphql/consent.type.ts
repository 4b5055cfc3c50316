// What the API shows of consents: the record that stands, and decisions.
import { Field, ID, ObjectType } from 'type-graphql';
import '../../../schema/graphql-enums.ts';
import { publicId } from '../../../schema/ids.ts';
import {
  CaptureMethod,
  Channel,
  ConsentAction,
  ConsentSource,
  Purpose,
  Regulation,
  RejectionReason,
} from '../../../schema/vocabulary.ts';
import type * as words from '../../../schema/vocabulary.ts';
import type { ConsentRecord } from '../domain/consent-record.ts';

@ObjectType({
  description: 'A record of the log: what a person said about a purpose and a channel.',
})
export class ConsentState {
  @Field(() => ID, { description: 'The opaque id of the record, `cns_...`.' })
  id!: string;

  @Field(() => Purpose, { description: 'What the consent is for.' })
  purpose!: words.Purpose;

  @Field(() => Channel, { description: 'The channel that it covers.' })
  channel!: words.Channel;

  @Field(() => ConsentAction, { description: 'What the person did.' })
  action!: words.ConsentAction;

  @Field(() => ConsentSource, { description: 'Where it was captured.' })
  source!: words.ConsentSource;

  @Field(() => CaptureMethod, { description: 'How the person did it.' })
  method!: words.CaptureMethod;

  @Field(() => String, { description: 'Whose law applied, by ISO 3166.' })
  jurisdiction!: string;

  @Field(() => Regulation, { description: 'Under whose law it counts.' })
  regulation!: words.Regulation;

  @Field(() => String, { description: 'The version of the text that the person saw.' })
  policyVersion!: string;

  @Field(() => Date, { description: 'When it happened, as the source told.' })
  occurredAt!: Date;

  @Field(() => Date, { description: 'When it was recorded.' })
  recordedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it ends by itself; null: never.' })
  expiresAt!: Date | null;
}

export function toState(record: ConsentRecord): ConsentState {
  const { id, occurredAt, recordedAt, expiresAt } = record;
  return {
    ...record,
    id: publicId('consent', id),
    occurredAt: new Date(occurredAt),
    recordedAt: new Date(recordedAt),
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
  };
}

@ObjectType({ description: 'Whether a recipient may be written to, as decided now.' })
export class ConsentDecision {
  @Field(() => Purpose, { description: 'The purpose that was asked about.' })
  purpose!: words.Purpose;

  @Field(() => Channel, { description: 'The channel that was asked about.' })
  channel!: words.Channel;

  @Field(() => Boolean, { description: 'Whether a message may be sent.' })
  allowed!: boolean;

  @Field(() => RejectionReason, { nullable: true, description: 'Why not; null when allowed.' })
  reason!: words.RejectionReason | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The record that decided, `cns_...`; null when there is none.',
  })
  consentId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The version of the text that the person saw; null without a record.',
  })
  policyVersion!: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When the consent ends by itself, by its own word or by the rules of the region.',
  })
  expiresAt!: Date | null;

  @Field(() => String, {
    description: 'The rules that decided and their version, such as GDPR/2026-11.',
  })
  rules!: string;
}
