// Web pages: text that stays text, a style that the policy names, and the language that was asked for.
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { acceptedLanguage, html, pageAnswer } from '../../../platform/web-page.ts';

const page = pageAnswer(200, { lang: 'en', title: 'A <b> title', body: html`<p>${'<i>'}</p>` });

test('a value cannot become markup, and markup stays', () => {
  const value = `<script>"'&`;
  expect(html`<p title="${value}">${html`<b>${value}</b>`}${null}</p>`.text).toBe(
    '<p title="&lt;script&gt;&quot;&#39;&amp;"><b>&lt;script&gt;&quot;&#39;&amp;</b></p>',
  );
  expect(html`${[html`<i>1</i>`, html`<i>2</i>`]}`.text).toBe('<i>1</i><i>2</i>');
  expect(String(page.body)).toContain('<title>A &lt;b&gt; title</title>');
});

test('the policy lets nothing run or load but the style that is there', () => {
  const policy = page.headers?.['content-security-policy'] ?? '';
  const style = /<style>([^]*)<\/style>/.exec(String(page.body))?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(style.length).toBeGreaterThan(20);
  expect(policy).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  expect(String(page.body)).not.toMatch(/<script|style=|\son\w+=|javascript:/);
});

describe('the language is', () => {
  const known = ['en', 'de', 'fr'] as const;
  test.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-CH,fr;q=0.9', 'de'],
    ['fr;q=0.5, de;q=0.8', 'de'],
    ['ja, fr;q=0.1', 'fr'],
    ['de;q=0, fr', 'fr'],
    ['*', 'en'],
    [',;q=,;;', 'en'],
  ])('of %j, %s', (header, language) => {
    expect(acceptedLanguage(header, known)).toBe(language);
  });
});
