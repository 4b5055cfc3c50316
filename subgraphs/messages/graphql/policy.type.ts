// Policies as GraphQL takes and shows them: the versions, and what changes them.
import { createUnionType, Field, InputType, Int, ObjectType } from 'type-graphql';
import { PageInfo } from '../../../schema/page-info.ts';
import { InvalidInput, WrongState } from '../../../schema/user-errors.ts';
import {
  Backoff,
  Disclosure,
  MarketingCap,
  MessageTypeRule,
  RegionHours,
  Rollout,
  RouteScore,
} from './policy-parts.type.ts';

@ObjectType({ description: 'What decides how a tenant’s messages are sent.' })
export class Policy {
  @Field({ description: 'As decision records name it.' })
  readonly version!: string;

  @Field(() => Int, { description: 'Of the version; 0: the default.' })
  readonly number!: number;

  @Field(() => [RouteScore], { description: 'In which order routes are ranked.' })
  readonly scores!: readonly RouteScore[];

  @Field(() => [MessageTypeRule], { description: 'One for each type.' })
  readonly types!: readonly MessageTypeRule[];

  @Field(() => Int, { description: 'Tries on one route, the first one included.' })
  readonly triesMax!: number;

  @Field(() => Int, { description: 'How long one route may be tried.' })
  readonly routeWindowMs!: number;

  @Field(() => Backoff, { description: 'The pause between tries.' })
  readonly backoff!: Backoff;

  @Field(() => [Rollout], { description: 'Routes that are for some people only.' })
  readonly rollouts!: readonly Rollout[];

  @Field(() => [RegionHours], {
    description: 'Hours for marketing that are narrower than those of the region’s rules.',
  })
  readonly marketingHours!: readonly RegionHours[];

  @Field(() => MarketingCap, { description: 'How much marketing one recipient gets.' })
  readonly marketingCap!: MarketingCap;

  @Field(() => [Disclosure], { description: 'Sentences that have to stand in what is sent.' })
  readonly disclosures!: readonly Disclosure[];

  @Field(() => String, { nullable: true, description: 'Who set it; null for the default.' })
  readonly by!: string | null;

  @Field(() => String, { nullable: true, description: 'Why; null for the default.' })
  readonly reason!: string | null;

  @Field(() => Date, { nullable: true, description: 'When; null for the default.' })
  readonly at!: Date | null;
}

@InputType({ description: 'Parts of a policy: one that is left out stays as it is.' })
export class PolicyInput {
  @Field(() => [RouteScore], {
    nullable: true,
    description: 'All scores: each channel has one for whatever is sent.',
  })
  readonly scores?: RouteScore[] | null;

  @Field(() => [MessageTypeRule], {
    nullable: true,
    description: 'The types that change; others stay as they are.',
  })
  readonly types?: MessageTypeRule[] | null;

  @Field(() => Int, { nullable: true, description: '1 to 5 tries, the first one included.' })
  readonly triesMax?: number | null;

  @Field(() => Int, { nullable: true, description: '30,000 to 900,000.' })
  readonly routeWindowMs?: number | null;

  @Field(() => Backoff, { nullable: true, description: 'The pause between tries.' })
  readonly backoff?: Backoff | null;

  @Field(() => [Rollout], { nullable: true, description: 'All rollouts; at most 20.' })
  readonly rollouts?: Rollout[] | null;

  @Field(() => [RegionHours], {
    nullable: true,
    description: 'All regions with narrower hours for marketing.',
  })
  readonly marketingHours?: RegionHours[] | null;

  @Field(() => MarketingCap, {
    nullable: true,
    description: 'How much marketing one recipient gets.',
  })
  readonly marketingCap?: MarketingCap | null;

  @Field(() => [Disclosure], { nullable: true, description: 'All disclosures; at most 50.' })
  readonly disclosures?: Disclosure[] | null;
}

@InputType({ description: 'A new version of the policy.' })
export class SetPolicyInput {
  @Field(() => Int, {
    description: 'The number of the version that was changed: the one in force, 0 without one.',
  })
  readonly basedOn!: number;

  @Field({ description: 'Why, in up to 500 characters; kept with the version.' })
  readonly reason!: string;

  @Field(() => PolicyInput, { description: 'What changes.' })
  readonly policy!: PolicyInput;
}

const SetPolicyError = createUnionType({
  name: 'SetPolicyError',
  description: 'Why the policy was not set.',
  types: () => [InvalidInput, WrongState] as const,
  resolveType: (value) => value.constructor as never,
});

@ObjectType({ description: 'What came of setting the policy.' })
export class SetPolicyPayload {
  @Field(() => Policy, { nullable: true, description: 'The new version; null when refused.' })
  readonly policy!: Policy | null;

  @Field(() => [SetPolicyError], { description: 'Why it was refused; empty when it was not.' })
  readonly errors!: (typeof SetPolicyError)[];
}

@ObjectType({ description: 'A version in its list.' })
export class PolicyEdge {
  @Field({ description: 'Its place.' })
  readonly cursor!: string;

  @Field(() => Policy, { description: 'The version.' })
  readonly node!: Policy;
}

@ObjectType({ description: 'A page of versions.' })
export class PolicyConnection {
  @Field(() => [PolicyEdge], { description: 'The versions, newest first.' })
  readonly edges!: readonly PolicyEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  readonly pageInfo!: PageInfo;
}
