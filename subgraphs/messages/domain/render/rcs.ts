// An RCS card of canonical content, with its actions as suggestions that carry the canonical id.
import type { Content } from '../content.ts';

export type RcsAction =
  | {
      readonly kind: 'open-url';
      readonly label: string;
      readonly url: string;
      readonly postback: string;
    }
  | { readonly kind: 'reply'; readonly label: string; readonly postback: string };

/** The label of the action that opens the secure page, at most 25 characters. */
const OPEN_LABEL = 'Open securely';

export function renderRcs(
  content: Content,
  messageId: string,
): { channel: 'RCS'; title: string | null; body: string; actions: readonly RcsAction[] } {
  const postbackOf = (id: string): string => `${messageId}:${id}`;
  const actions = content.actions.map(({ id, label, url }): RcsAction => {
    const postback = postbackOf(id);
    return url === null
      ? { kind: 'reply', label, postback }
      : { kind: 'open-url', label, url, postback };
  });
  const open: readonly RcsAction[] =
    content.link === null
      ? []
      : [{ kind: 'open-url', label: OPEN_LABEL, url: content.link, postback: postbackOf('open') }];
  return {
    channel: 'RCS',
    title: content.title,
    body: content.body,
    actions: [...open, ...actions],
  };
}
