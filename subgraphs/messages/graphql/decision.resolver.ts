// Derived fields of decision records.
import { FieldResolver, ID, Int, Resolver, Root } from 'type-graphql';
import { Strategy } from '../../../schema/vocabulary-templates.ts';
import { Channel } from '../../../schema/vocabulary.ts';
import type { Decision } from '../domain/decision.ts';
import { primaryChannelOf } from '../domain/strategy.ts';
import { consentIdOf, DecisionRecord, RouteCandidate, WeighedFacts } from './decision.type.ts';

@Resolver(() => RouteCandidate)
export class RouteCandidateResolver {
  @FieldResolver(() => ID)
  consentId(@Root() candidate: RouteCandidate): string | null {
    return consentIdOf(candidate.consentId);
  }
}

@Resolver(() => DecisionRecord)
export class DecisionRecordResolver {
  @FieldResolver(() => WeighedFacts)
  weighed(@Root() { weighed }: Decision): WeighedFacts | null {
    if (weighed === undefined) return null;
    return {
      sensitivity: weighed.sensitivity,
      hasSensitiveValues: weighed.hasSensitiveValues === true,
      hasDeviceKey: weighed.hasDeviceKey === true,
      preferredChannels: weighed.preferredChannels ?? [],
      rollouts: weighed.rollouts ?? [],
      unavailableProviders: weighed.unavailableProviders ?? [],
    };
  }

  @FieldResolver(() => Strategy)
  strategy(@Root() { strategy = 'SINGLE' }: Decision): Strategy {
    return strategy;
  }

  @FieldResolver(() => Int)
  lineCount(@Root() { lineCount = 1 }: Decision): number {
    return lineCount;
  }

  @FieldResolver(() => Channel, { nullable: true })
  primaryChannel(@Root() decision: Decision): Channel | null {
    return primaryChannelOf(decision);
  }
}
