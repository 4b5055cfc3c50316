// Derived fields of decision records.
import { FieldResolver, ID, Resolver, Root } from 'type-graphql';
import type { Decision } from '../domain/decision.ts';
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
}
