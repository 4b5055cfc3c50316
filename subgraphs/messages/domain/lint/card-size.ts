// Cards that grow over what RCS carries once their variables are filled in: the provider would refuse the message.
import type { Breach, LintRule } from './finding.ts';
import { BODY_CHARACTERS_MAX, TITLE_CHARACTERS_MAX } from '../template.ts';
import { longestContent, mayTravelClear } from './texts.ts';

/** A text without a title is no card, and may be longer. */
const TEXT_CHARACTERS_MAX = 3_072;

export const oversizedCards: LintRule = {
  id: 'oversized-card',
  source: 'RCS for Business API reference: RichCard, AgentContentMessage',
  find: (template) => {
    if (!template.channels.includes('RCS') || !mayTravelClear(template)) return [];
    return template.locales.flatMap(({ locale }) => {
      const { title, body } = longestContent(template, locale);
      const bodyMax = title === null ? TEXT_CHARACTERS_MAX : BODY_CHARACTERS_MAX;
      const parts = [
        { field: 'title', length: title?.length ?? 0, max: TITLE_CHARACTERS_MAX },
        { field: 'body', length: body.length, max: bodyMax },
      ];
      return parts
        .filter(({ length, max }) => length > max)
        .map(({ field, length, max }): Breach => ({
          severity: 'WARNING',
          locale,
          path: ['locales', locale, field],
          position: null,
          sentence: `With every variable at its longest it has ${length} characters; a card takes ${max}.`,
        }));
    });
  },
};
