// What the API shows and takes of the tenants' own systems that are told of consents.
import { createUnionType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../../../schema/page-info.ts';
import { InvalidInput, NotFound, WrongState } from '../../../schema/user-errors.ts';
import { CrmDeliveryState, CrmFormat } from '../../../schema/vocabulary-crm.ts';
import type * as words from '../../../schema/vocabulary-crm.ts';
import type { CrmTargetError as TargetError } from '../configure-crm-target.ts';

const NAME = 'What it is called here, in up to 128 characters.';
const URL =
  'Where it listens: https, on the public Internet. Put no secret into it; webhooks are signed.';
const TARGET_ID = 'The target, `crm_...`.';
const LOG_INDEX = 'Its place in the tenant’s log, from 0, in decimal.';
const ERRORS = 'Why it was refused; empty when not.';

@InputType({ description: 'One of your own systems that is told of every consent.' })
export class ConfigureCrmTargetInput {
  @Field(() => ID, { nullable: true, description: 'The one to change; a new one when missing.' })
  targetId?: string | null;

  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => String, { description: URL })
  url!: string;

  @Field(() => CrmFormat, { description: 'The form of what it is told.' })
  format!: words.CrmFormat;
}

@InputType({ description: 'The system that gets a new secret.' })
export class RotateCrmSecretInput {
  @Field(() => ID, { description: TARGET_ID })
  targetId!: string;
}

@InputType({ description: 'The system that is told no more.' })
export class RemoveCrmTargetInput {
  @Field(() => ID, { description: TARGET_ID })
  targetId!: string;
}

@InputType({ description: 'From where on a system is told once more. Exactly one of the two.' })
export class ReplayCrmEventsInput {
  @Field(() => ID, { description: TARGET_ID })
  targetId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'A place in the tenant’s log, from 0, in decimal.',
  })
  fromLogIndex?: string | null;

  @Field(() => Date, { nullable: true, description: 'When the first of them was recorded.' })
  fromTime?: Date | null;
}

@ObjectType({ description: 'One of your own systems that is told of every consent.' })
export class CrmTarget {
  @Field(() => ID, { description: 'Its id, `crm_...`.' })
  id!: string;

  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => String, { description: 'Where it listens.' })
  url!: string;

  @Field(() => CrmFormat, { description: 'The form of what it is told.' })
  format!: words.CrmFormat;

  @Field(() => Boolean, {
    description: 'Whether it is told. One that answers 410 is not, until it is configured again.',
  })
  isActive!: boolean;

  @Field(() => Date, { description: 'When it was configured first.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When it was changed last.' })
  changedAt!: Date;

  @Field(() => String, { description: 'The place in the log of what it is told next, in decimal.' })
  nextLogIndex!: string;

  @Field(() => Date, { nullable: true, description: 'When it took something last.' })
  lastSuccessAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: 'Since when it takes nothing; null while it is well.',
  })
  failingSince!: Date | null;

  @Field(() => Date, { nullable: true, description: 'Until when it is let be.' })
  pausedUntil!: Date | null;
}

@ObjectType({ description: 'A consent that a system has not taken.' })
export class CrmDelivery {
  @Field(() => ID, { description: 'The record, `cns_...`: the `webhook-id` of each try.' })
  consentId!: string;

  @Field(() => String, { description: LOG_INDEX })
  logIndex!: string;

  @Field(() => CrmDeliveryState, { description: 'Where it stands.' })
  state!: words.CrmDeliveryState;

  @Field(() => Int, { description: 'How often it was tried.' })
  tryCount!: number;

  @Field(() => Date, { description: 'When it was tried last.' })
  triedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it is tried again; null: it is not.' })
  nextTryAt!: Date | null;

  @Field(() => Int, { nullable: true, description: 'The HTTP status; null: no answer came.' })
  lastStatus!: number | null;

  @Field(() => String, { description: 'A sentence about the last try.' })
  lastProblem!: string;
}

@ObjectType({ description: 'A consent that a system has not taken, in a list.' })
export class CrmDeliveryEdge {
  @Field(() => CrmDelivery, { description: 'The consent.' })
  node!: CrmDelivery;

  @Field(() => String, { description: 'Pass it as `after`.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of what a system has not taken, in the order of the log.' })
export class CrmDeliveryConnection {
  @Field(() => [CrmDeliveryEdge], { description: 'The consents with their cursors.' })
  edges!: readonly CrmDeliveryEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

export const CrmTargetError = createUnionType({
  name: 'CrmTargetError',
  description: 'Why nothing was done with a system of yours.',
  types: () => [InvalidInput, NotFound, WrongState] as const,
});

@ObjectType({ description: 'What came of configuring a system of yours.' })
export class ConfigureCrmTargetPayload {
  @Field(() => CrmTarget, { nullable: true, description: 'As it is now; null when refused.' })
  target!: CrmTarget | null;

  @Field(() => String, {
    nullable: true,
    description: 'Of a new one, the secret that signs. Shown this once.',
  })
  secret!: string | null;

  @Field(() => [CrmTargetError], { description: ERRORS })
  errors!: TargetError[];
}

@ObjectType({ description: 'What came of a new secret.' })
export class RotateCrmSecretPayload {
  @Field(() => CrmTarget, { nullable: true, description: 'As it is now; null when refused.' })
  target!: CrmTarget | null;

  @Field(() => String, {
    nullable: true,
    description: 'The new secret. Shown this once; the one before signs too, until the next.',
  })
  secret!: string | null;

  @Field(() => [CrmTargetError], { description: ERRORS })
  errors!: TargetError[];
}

@ObjectType({ description: 'What came of removing a system of yours.' })
export class RemoveCrmTargetPayload {
  @Field(() => ID, { nullable: true, description: 'The one that is gone; null when refused.' })
  targetId!: string | null;

  @Field(() => [CrmTargetError], { description: ERRORS })
  errors!: TargetError[];
}

@ObjectType({ description: 'What came of a replay.' })
export class ReplayCrmEventsPayload {
  @Field(() => CrmTarget, { nullable: true, description: 'As it is now; null when refused.' })
  target!: CrmTarget | null;

  @Field(() => Int, { description: 'How many records it is told once more.' })
  recordCount!: number;

  @Field(() => [CrmTargetError], { description: ERRORS })
  errors!: TargetError[];
}
