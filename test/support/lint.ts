// Templates that one rule of the lint finds fault with, and what it says about them.
import { expect } from '@jest/globals';
import { lintTemplate } from '../../subgraphs/messages/domain/lint/lint-template.ts';
import {
  checkTemplate,
  type LocalizedContent,
  type Template,
  type TemplateVariable,
} from '../../subgraphs/messages/domain/template.ts';
import { localized, template } from './templates.ts';

export const variable = (name: string, more: Partial<TemplateVariable> = {}): TemplateVariable => ({
  name,
  kind: 'TEXT',
  required: true,
  sensitive: false,
  mask: 'HIDDEN',
  charactersMax: 20,
  ...more,
});

/** A template that no rule finds fault with, but for what a test makes different. */
export const clean = (
  content: Partial<LocalizedContent> = {},
  more: Partial<Template> = {},
): Template => template({ locales: [localized(content)], variables: [variable('order')], ...more });
export const marketing = { type: 'MARKETING', purpose: 'MARKETING' } as const;

/** `severity field “the words that it points at”`, for each finding of one rule. */
export function found(rule: string, of: Template): string[] {
  expect(checkTemplate(of)).toEqual([]);
  return lintTemplate(of)
    .filter((finding) => finding.rule === rule)
    .map(({ severity, path, position }) => {
      const field = path.at(-1) ?? '';
      const content = of.locales.find(({ locale }) => locale === path[1]);
      const text = String(content?.[field as 'body'] ?? '');
      const words = position && text.slice(position.offset, position.offset + position.length);
      return [severity, field, ...(words ? [`“${words}”`] : [])].join(' ');
    });
}
