// Renderings as a whole, as people read them: a change of any is seen in the golden file.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Mask, Sensitivity } from '../../../../../schema/vocabulary.ts';
import { previewOf, type Preview } from '../../../../../subgraphs/messages/domain/preview.ts';
import type { Template } from '../../../../../subgraphs/messages/domain/template.ts';
import { PROJECT_DIRECTORY } from '../../../../../wiring.ts';
import { LINK, renderings } from '../../../../support/renderings.ts';
import { localized, template } from '../../../../support/templates.ts';

// A wanted change is printed anew: node --input-type=module -e "process.stdout.write((await
// import('./dist/test/support/renderings.js')).renderings())" > test/golden/renderings.txt
it('templates read on every channel as the golden file shows', async () => {
  const golden = await readFile(new URL('test/golden/renderings.txt', PROJECT_DIRECTORY), 'utf8');
  expect(renderings()).toBe(golden);
});

describe('a preview', () => {
  const previewed = (of: Template, more: Partial<Parameters<typeof previewOf>[0]> = {}) =>
    previewOf({
      template: of,
      variables: new Map([['order', 'A-17']]),
      locale: 'en',
      region: null,
      disclosures: [],
      protection: null,
      nativeE2ee: new Set(),
      messageId: 'msg_1',
      link: LINK,
      unsubscribeUrl: `${LINK}/stop`,
      ...more,
    });
  const routes = ({ renderings: all }: Preview) =>
    all.map(({ channel, protection }) => `${channel} ${protection}`);

  it('shows the channels in the template’s order, and the protections of each, best first', () => {
    expect(routes(previewed(template({ channels: ['SMS', 'RCS'] })))).toEqual([
      'SMS CLEAR',
      'SMS LINK_ONLY',
      'RCS CLEAR',
      'RCS ENVELOPE',
      'RCS LINK_ONLY',
    ]);
  });

  it('shows no clear text of what is highly sensitive, even where it is asked for', () => {
    const of = template({ sensitivity: 'HIGH' });
    expect(routes(previewed(of))).toEqual(['RCS ENVELOPE', 'RCS LINK_ONLY', 'SMS LINK_ONLY']);
    expect(routes(previewed(of, { protection: 'CLEAR' }))).toEqual([]);
  });

  it('shows the channel’s own encryption where its provider offers it', () => {
    const of = previewed(template(), { protection: 'NATIVE_E2EE', nativeE2ee: new Set(['RCS']) });
    expect(routes(of)).toEqual(['RCS NATIVE_E2EE']);
  });

  it('leaves out channels without a renderer', () => {
    expect(
      routes(previewed(template({ channels: ['LINK', 'SMS'] }), { protection: 'CLEAR' })),
    ).toEqual(['SMS CLEAR']);
  });

  it('never shows a sensitive value outside of the envelope', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Sensitivity>('LOW', 'MEDIUM', 'HIGH'),
        fc.constantFrom<Mask>('HIDDEN', 'LAST4'),
        fc.stringMatching(/^[A-Z]{8,40}$/),
        (sensitivity, mask, secret) => {
          const rule = {
            name: 'order',
            kind: 'TEXT',
            required: true,
            sensitive: true,
            mask,
          } as const;
          const locales = [localized({ title: '{{order}}', smsText: '{{order}}!' })];
          const of = template({ sensitivity, locales, variables: [rule] });
          const { renderings: all } = previewed(of, { variables: new Map([['order', secret]]) });
          expect(all.length).toBeGreaterThan(0);
          for (const { content, inside } of all) {
            expect(JSON.stringify(content)).not.toContain(secret);
            if (inside !== null) expect(inside.body).toContain(secret);
          }
        },
      ),
    );
  });
});
