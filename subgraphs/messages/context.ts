// What a resolver of messages has at hand for one request.
import type { LiveTail } from '../../platform/live-tail.ts';
import type { Principal } from '../../platform/principal.ts';
import type { AcceptMessage } from './accept-message.ts';
import type { MessagesDeps } from './deps.ts';
import type { MessageLoaders } from './graphql/loaders.ts';
import type { TemplateCache } from './store/find-template.ts';

export interface MessagesContext extends MessagesDeps {
  readonly principal: Principal;
  readonly acceptMessage: AcceptMessage;
  readonly templates: TemplateCache;
  readonly tail: LiveTail;
  readonly loaders: MessageLoaders;
}
