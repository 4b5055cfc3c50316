// Registers the words of secure links as GraphQL enums.
import { describeEnum as describe } from './describe-enum.ts';
import { LinkAccessKind } from './vocabulary-links.ts';

describe('LinkAccessKind', LinkAccessKind, 'What somebody did who had a secure link.', {
  CODE_SENT: 'Asked for a code, which went to another address of the person.',
  CODE_REFUSED: 'Tried a code that was wrong, or not good any more.',
  OPENED: 'Gave the right code and was shown the message.',
});
