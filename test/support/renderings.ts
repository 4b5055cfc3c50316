// Renderings as text that people can read: a few templates, in each locale, on each channel, under each protection.
import { previewOf, type Rendering } from '../../subgraphs/messages/domain/preview.ts';
import { sizeOfPush } from '../../subgraphs/messages/domain/render/push.ts';
import { sizeOfSms } from '../../subgraphs/messages/domain/sms-size.ts';
import type { Template, TemplateVariable } from '../../subgraphs/messages/domain/template.ts';
import { localized, template } from './templates.ts';

export const LINK = 'https://parley.example/l/msg_1.0123456789abcdefghijklmnopq';

const variable = (name: string, more: Partial<TemplateVariable> = {}): TemplateVariable => ({
  name,
  kind: 'TEXT',
  required: true,
  sensitive: false,
  mask: 'HIDDEN',
  ...more,
});

interface Sample {
  readonly about: string;
  readonly template: Template;
  readonly values: Readonly<Record<string, string>>;
  readonly locales: readonly string[];
}

const samples: readonly Sample[] = [
  {
    about: 'A receipt with a masked card number',
    template: template({
      name: 'txn_payment_receipt',
      type: 'RECEIPT',
      sensitivity: 'MEDIUM',
      channels: ['RCS', 'IMESSAGE', 'SMS', 'PUSH'],
      locales: [
        localized({
          locale: 'en',
          title: 'Payment confirmed',
          body: 'You paid {{amount}} to {{shop}} with card {{card}}.',
          smsText: 'Payment of {{amount}} with card {{card}} processed. Check app for receipt.',
          neutralText: 'Demo Bank has a secure message for you.',
          actions: [
            { id: 'receipt', label: 'View receipt', url: 'https://bank.example/receipts' },
            { id: 'support', label: 'Contact support', url: null },
          ],
        }),
        localized({
          locale: 'de-AT',
          title: 'Zahlung bestätigt',
          body: 'Sie haben {{amount}} mit Karte {{card}} an {{shop}} bezahlt.',
          smsText: null,
          neutralText: 'Die Demo Bank hat eine sichere Nachricht für Sie.',
        }),
      ],
      variables: [
        variable('amount'),
        variable('shop'),
        variable('card', { sensitive: true, mask: 'LAST4' }),
      ],
    }),
    values: { amount: '€ 25.00', shop: 'Corner Books', card: '4111111111111111' },
    locales: ['en-GB', 'de-CH', 'fr'],
  },
  {
    about: 'A one-time code',
    template: template({
      name: 'login_code',
      type: 'OTP',
      locales: [
        localized({
          title: null,
          body: '{{code}} is your code for Demo Bank. It expires in 10 minutes.',
          neutralText: 'Demo Bank has a code for you.',
          actions: [{ id: 'use', label: 'Use code', url: null }],
        }),
      ],
      variables: [variable('code')],
    }),
    values: { code: '193 482' },
    locales: ['en'],
  },
  {
    about: 'Test results, which never travel in clear text',
    template: template({
      name: 'lab_result',
      type: 'ALERT',
      sensitivity: 'HIGH',
      channels: ['RCS', 'IMESSAGE', 'SMS', 'PUSH'],
      locales: [
        localized({
          title: 'Your test result',
          body: 'Your test of {{day}}: {{result}}.',
          neutralText: 'Demo Clinic has a message for you.',
        }),
      ],
      variables: [variable('day'), variable('result', { sensitive: true })],
    }),
    values: { day: '20 November', result: 'negative' },
    locales: ['en'],
  },
  {
    about: 'An offer whose typographic characters cost a segment',
    template: template({
      name: 'winter_offer',
      type: 'MARKETING',
      purpose: 'MARKETING',
      channels: ['SMS', 'RCS', 'EMAIL'],
      locales: [
        localized({
          locale: 'en-US',
          title: 'Winter is coming',
          body: 'It’s getting cold – {{name}}, every coat is at half its price until Sunday. Reply STOP to end.',
          neutralText: 'Demo Coats has a message for you.',
        }),
      ],
      variables: [variable('name')],
    }),
    values: { name: 'Ada' },
    locales: ['en'],
  },
];

/** What test/golden/renderings.txt holds. */
export function renderings(): string {
  return samples.flatMap(sampleLines).join('\n');
}

function sampleLines({ about, template: of, values, locales }: Sample): string[] {
  const variables = new Map(Object.entries(values));
  return locales.flatMap((wanted) => {
    const { locale, renderings: all } = previewOf({
      template: of,
      variables,
      locale: wanted,
      region: null,
      disclosures: [],
      protection: null,
      nativeE2ee: new Set(),
      messageId: 'msg_1',
      link: LINK,
      unsubscribeUrl: `${LINK}/stop`,
    });
    return [
      `# ${about}: ${of.name}, for a reader of ${wanted}, from the texts of ${locale}`,
      '',
      ...all.flatMap((rendering) => [...renderingLines(rendering), '']),
    ];
  });
}

function renderingLines({ channel, protection, content, inside }: Rendering): string[] {
  return [
    `${channel}, ${protection}`,
    ...contentLines(content),
    ...(inside === null ? [] : ['  inside:', ...indented(cardLines(inside))]),
  ];
}

function contentLines(content: Rendering['content']): string[] {
  if (content.channel === 'RCS') return cardLines(content);
  if (content.channel === 'EMAIL') {
    const text = content.text.trim().split('\n');
    return [`  # ${content.subject}`, ...text.map((line) => `  | ${line}`.trimEnd())];
  }
  if (content.channel === 'IMESSAGE') {
    const bubble = content.text.split('\n').map((line) => `  | ${line}`.trimEnd());
    return [...bubble, ...content.replies.map(({ label }) => `  [${label}]`)];
  }
  if (content.channel === 'PUSH') {
    const { bytes, bytesMax } = sizeOfPush(content);
    const opens =
      content.url === null ? [] : [`  opens ${content.url}${content.isSealed ? ', sealed' : ''}`];
    return [...cardLines(content), ...opens, `  ${bytes} of ${bytesMax} bytes`];
  }
  const { encoding, segments, unicodeCharacters } = sizeOfSms(content.text);
  const because =
    unicodeCharacters.length === 0 ? '' : ` because of ${unicodeCharacters.join(' ')}`;
  return [`  | ${content.text}`, `  ${encoding}${because}, segments: ${segments}`];
}

function cardLines(card: {
  readonly title: string | null;
  readonly body: string;
  readonly actions: readonly { readonly label: string; readonly url?: string | null }[];
}): string[] {
  return [
    ...(card.title === null ? [] : [`  # ${card.title}`]),
    `  | ${card.body}`,
    ...card.actions.map(({ label, url }) => `  [${label}]${url ? ` ${url}` : ''}`),
  ];
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
