// Registers the words of conversations as GraphQL enums.
import { describeEnum } from './describe-enum.ts';
import { ConversationEntryKind, ConversationState } from './vocabulary-conversations.ts';

describeEnum('ConversationState', ConversationState, 'Whose turn it is in a conversation.', {
  OPEN: 'The person’s: the last word is ours.',
  AWAITING_AGENT: 'Ours: the person wrote or tapped, and nobody has answered.',
  CLOSED: 'Nobody’s: it was closed, or nothing was said for long. The person’s next word opens it.',
});
describeEnum(
  'ConversationEntryKind',
  ConversationEntryKind,
  'What stands in a conversation. Ignore values you do not know.',
  {
    TEXT: 'The person wrote.',
    TAP: 'The person tapped a reply on a card.',
    MESSAGE: 'A message of the type SUPPORT was handed over to the person.',
    CLOSED: 'Somebody closed it.',
    LAPSED: 'It closed by itself, because nothing was said for long.',
  },
);
