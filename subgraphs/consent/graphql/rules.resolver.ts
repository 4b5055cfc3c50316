// The door to the rules themselves, and to tokens for those who check at the edge.
import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { requireScope } from '../../../platform/principal.ts';
import type { ConsentContext } from '../context.ts';
import {
  regionsOf,
  RULES_VERSION,
  ruleSetOf,
  ruleSets,
  type RuleSet,
} from '../domain/jurisdictions.ts';
import { issueConsentToken } from '../issue-consent-token.ts';
import { ConsentQuestionInput } from './consent.input.ts';
import { ConsentToken } from './consent-token.type.ts';
import { JurisdictionRules } from './jurisdiction.type.ts';

@Resolver()
export class RulesResolver {
  @Query(() => [JurisdictionRules], {
    description: 'The rules that decide, with where they are written.',
  })
  jurisdictionRules(
    @Arg('region', () => String, {
      nullable: true,
      description: 'Those of one region by ISO 3166; all of them when missing.',
    })
    region: string | null,
    @Ctx() { principal }: ConsentContext,
  ): JurisdictionRules[] {
    requireScope(principal, 'consent:read');
    return (region ? [ruleSetOf(region)] : ruleSets).map(toRules);
  }

  @Query(() => ConsentToken, {
    description:
      'A signed token that says for less than a minute that a recipient may be written to.',
  })
  async consentToken(
    @Arg('question', () => ConsentQuestionInput, { description: 'Whom, what for, and where.' })
    question: ConsentQuestionInput,
    @Ctx() context: ConsentContext,
  ): Promise<ConsentToken> {
    requireScope(context.principal, 'consent:read');
    const outcome = await issueConsentToken(context, context.principal.tenantId, question);
    if ('refused' in outcome) return { token: null, expiresAt: null, reason: outcome.refused };
    return { token: outcome.token, expiresAt: new Date(outcome.expiresAt), reason: null };
  }
}

function toRules({ implied, ...rules }: RuleSet): JurisdictionRules {
  return {
    ...rules,
    version: RULES_VERSION,
    regions: regionsOf(rules.name),
    implied: [
      { method: 'RELATIONSHIP', ...implied.RELATIONSHIP },
      { method: 'INQUIRY', ...implied.INQUIRY },
    ],
  };
}
