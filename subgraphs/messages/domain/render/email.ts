// An email of canonical content: a subject, plain text, and HTML in which every value is escaped.
import type { Content } from '../content.ts';
import { emailLayout } from './email-layout.ts';

export interface RenderedEmail {
  readonly channel: 'EMAIL';
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Where one click ends messages of this purpose; null where they cannot be ended. */
  readonly unsubscribeUrl: string | null;
}

/** The label of the button that opens the secure page. */
const OPEN_LABEL = 'Open securely';
const UNSUBSCRIBE_LABEL = 'Unsubscribe';
/** As many characters as a template's title may have. */
const SUBJECT_CHARACTERS_MAX = 200;

interface Button {
  readonly label: string;
  readonly url: string;
}

/** Replies are left out: an email has no tap that could carry a postback. */
export function renderEmail(
  content: Content,
  { locale, unsubscribeUrl }: { locale: string; unsubscribeUrl: string | null },
): RenderedEmail {
  const actions = content.actions.flatMap(({ label, url }) =>
    url === null ? [] : [{ label, url }],
  );
  const open = content.link === null ? [] : [{ label: OPEN_LABEL, url: content.link }];
  const buttons: readonly Button[] = [...open, ...actions];
  const subject = subjectOf(content);
  return {
    channel: 'EMAIL',
    subject,
    text: textOf(content, buttons, unsubscribeUrl),
    html: htmlOf(content, { subject, locale, buttons, unsubscribeUrl }),
    unsubscribeUrl,
  };
}

/** The title, or the first line that says something. */
function subjectOf({ title, body }: Content): string {
  const lines = `${title ?? ''}\n${body}`.split(/[\r\n\u2028\u2029]+/).map(oneLine);
  const characters = Array.from(lines.find((line) => line !== '') ?? '');
  if (characters.length <= SUBJECT_CHARACTERS_MAX) return characters.join('');
  return `${characters.slice(0, SUBJECT_CHARACTERS_MAX - 1).join('')}…`;
}

const oneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();

function textOf(
  { title, body }: Content,
  buttons: readonly Button[],
  unsubscribeUrl: string | null,
): string {
  const blocks = [
    ...(title === null ? [] : [title]),
    body,
    ...buttons.map(({ label, url }) => `${label}: ${url}`),
    ...(unsubscribeUrl === null ? [] : [`-- \n${UNSUBSCRIBE_LABEL}: ${unsubscribeUrl}`]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function htmlOf(
  { title, body }: Content,
  around: {
    readonly subject: string;
    readonly locale: string;
    readonly buttons: readonly Button[];
    readonly unsubscribeUrl: string | null;
  },
): string {
  const { subject, locale, buttons, unsubscribeUrl } = around;
  const paragraphs = body.split(/(?:\r?\n[ \t]*){2,}/).filter((text) => text.trim() !== '');
  return [
    fill(emailLayout.head, { subject, locale }),
    ...(title === null ? [] : [fill(emailLayout.heading, { title })]),
    ...paragraphs.map((paragraph) => fill(emailLayout.paragraph, { paragraph })),
    ...buttons.map(({ label, url }) => fill(emailLayout.button, { label, url })),
    ...(unsubscribeUrl === null
      ? []
      : [fill(emailLayout.footer, { unsubscribeUrl, unsubscribeLabel: UNSUBSCRIBE_LABEL })]),
    emailLayout.tail,
  ].join('');
}

/** In one pass, so that a value which looks like a slot stays what it is. */
function fill(part: string, values: Readonly<Record<string, string>>): string {
  return part.replaceAll(/\{\{ ?(\w+) ?\}\}/g, (_, name: string) => escapeHtml(values[name] ?? ''));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and quoted attributes. A line break within a paragraph stays one. */
function escapeHtml(value: string): string {
  return value
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replaceAll(/\r?\n/g, '<br>');
}
