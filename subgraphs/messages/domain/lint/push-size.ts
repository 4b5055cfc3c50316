// Pushes that grow over what a push service carries once their variables are filled in: the provider would refuse the message.
import { renderPush, sizeOfPush } from '../render/push.ts';
import type { Breach, LintRule } from './finding.ts';
import { longestContent, mayTravelClear } from './texts.ts';

export const oversizedPushes: LintRule = {
  id: 'oversized-push',
  source: 'RFC 8030, 7.2; RFC 8291, 4',
  find: (template) => {
    if (!template.channels.includes('PUSH') || !mayTravelClear(template)) return [];
    return template.locales.flatMap(({ locale }): Breach[] => {
      const push = renderPush(longestContent(template, locale), { isSealed: false });
      const { bytes, bytesMax, fits } = sizeOfPush(push);
      if (fits) return [];
      return [
        {
          severity: 'WARNING',
          locale,
          path: ['locales', locale, 'body'],
          position: null,
          sentence: `With every variable at its longest it says ${bytes} bytes, or more in other letters; a push takes ${bytesMax}.`,
        },
      ];
    });
  },
};
