// The email of canonical content: its subject, its two bodies, and what never gets into the HTML.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import type { Content } from '../../../../../../subgraphs/messages/domain/content.ts';
import { renderEmail } from '../../../../../../subgraphs/messages/domain/render/email.ts';
import { compileEmailLayout, EMAIL_LAYOUT } from '../../../../../support/email-layout.ts';

const plain: Content = {
  title: 'Your receipt',
  body: 'Thank you.\n\nUntil soon.',
  smsText: 'Thank you.',
  actions: [
    { id: 'view', label: 'View receipt', url: 'https://shop.example/r?a=1&b=2' },
    { id: 'help', label: 'Contact us', url: null },
  ],
  link: null,
};
const around: { locale: string; unsubscribeUrl: string | null } = {
  locale: 'en',
  unsubscribeUrl: null,
};
const rendered = (over: Partial<Content>, as: Partial<typeof around> = {}) =>
  renderEmail({ ...plain, ...over }, { ...around, ...as });

test('the committed layout is what its MJML compiles into', async () => {
  expect(readFileSync(EMAIL_LAYOUT, 'utf8')).toBe(await compileEmailLayout());
});

test('opening an email fetches nothing', async () => {
  const { html } = rendered({});
  expect(html).not.toMatch(/<(img|link|script|iframe)\b|@import|url\(/);
});

describe('subject', () => {
  test('is the title', () => {
    expect(rendered({}).subject).toBe('Your receipt');
  });

  test('is the first line that says something where there is no title', () => {
    expect(rendered({ title: null, body: '\n \nThank you.\nMore.' }).subject).toBe('Thank you.');
  });

  test('never breaks the line, whatever the title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (title) => {
        expect(rendered({ title }).subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });

  test('is cut between characters', () => {
    const { subject } = rendered({ title: null, body: '🦜'.repeat(300) });
    expect(Array.from(subject)).toHaveLength(200);
    expect(subject.isWellFormed()).toBe(true);
  });
});

describe('plain text', () => {
  test('holds the title, the body, and the address of every button', () => {
    expect(rendered({}).text).toBe(
      'Your receipt\n\nThank you.\n\nUntil soon.\n\nView receipt: https://shop.example/r?a=1&b=2\n',
    );
  });
});

describe('HTML', () => {
  test('has a paragraph for each, and a button for each page', () => {
    const { html } = rendered({});
    expect(html).toContain('>Thank you.</div>');
    expect(html).toContain('>Until soon.</div>');
    expect(html).toContain('href="https://shop.example/r?a=1&amp;b=2"');
    expect(html.match(/<a\b/g)).toHaveLength(1);
  });

  test('leaves replies out: an email has no tap that answers', () => {
    const { html, text } = rendered({});
    expect(html + text).not.toContain('Contact us');
  });

  test('keeps a line break within a paragraph', () => {
    expect(rendered({ body: 'one\ntwo' }).html).toContain('>one<br>two</div>');
  });

  test('shows a value that looks like markup or like a slot as it was written', () => {
    const { html } = rendered({ title: `<b a="1" b='2'>&amp;`, body: '{{title}}' });
    expect(html).toContain('&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;');
    expect(html).toContain('>{{title}}</div>');
  });

  test('takes no tag and no attribute from any value', () => {
    const shape = (html: string): string =>
      html.replaceAll(/>[^<]*</g, '><').replaceAll(/"[^"]*"/g, '');
    const text = fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '{{', 'x', '/') });
    fc.assert(
      fc.property(text, (value) => {
        const content = { title: `x${value}`, body: `x${value}` };
        const actions = [{ id: 'a', label: value, url: `https://x.example/${value}` }];
        const expected = { title: 'x', body: 'x' };
        expect(shape(rendered({ ...content, actions }).html)).toBe(
          shape(rendered({ ...expected, actions: [{ id: 'a', label: '', url: '' }] }).html),
        );
      }),
    );
  });
});

test('the secure link is the first button', () => {
  const { html, text } = rendered({
    title: null,
    body: 'You have a message.',
    link: 'https://x.example/l/t',
  });
  expect(html.indexOf('https://x.example/l/t')).toBeLessThan(html.indexOf('https://shop.example'));
  expect(html.indexOf('https://x.example/l/t')).toBeGreaterThan(0);
  expect(text).toContain('Open securely: https://x.example/l/t\n');
});

test('only what can be unsubscribed from has a footer', () => {
  const unsubscribeUrl = 'https://x.example/u/token';
  const marketing = rendered({}, { unsubscribeUrl });
  expect(marketing.html).toContain('href="https://x.example/u/token"');
  expect(marketing.text).toContain('Unsubscribe: https://x.example/u/token');
  expect(marketing.unsubscribeUrl).toBe(unsubscribeUrl);
  expect(rendered({}).html).not.toContain('Unsubscribe');
});
