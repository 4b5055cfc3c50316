// A message of Apple's Messages app of canonical content: one text, and answers to tap that carry the canonical id.
import type { Content } from '../content.ts';

export interface RenderedIMessage {
  readonly channel: 'IMESSAGE';
  readonly text: string;
  readonly replies: readonly { readonly label: string; readonly postback: string }[];
}

/** A bubble has no title and no buttons for pages: both stand in the text, where the app makes links of URLs. */
export function renderIMessage(
  { title, body, link, actions }: Content,
  messageId: string,
): RenderedIMessage {
  const pages = actions.flatMap(({ label, url }) => (url === null ? [] : [`${label}: ${url}`]));
  const blocks = [
    ...(title === null ? [] : [title]),
    link === null ? body : `${body} ${link}`,
    ...pages,
  ];
  const replies = actions.flatMap(({ id, label, url }) =>
    url === null ? [{ label, postback: `${messageId}:${id}` }] : [],
  );
  return { channel: 'IMESSAGE', text: blocks.join('\n\n'), replies };
}
