// What a resolver of recipients has at hand for one request.
import type { LiveTail } from '../../platform/live-tail.ts';
import type { Principal } from '../../platform/principal.ts';
import type { RecipientsWork } from './deps.ts';
import type { RecipientLoaders } from './graphql/loaders.ts';

export interface RecipientsContext extends RecipientsWork {
  readonly principal: Principal;
  readonly tail: LiveTail;
  readonly loaders: RecipientLoaders;
}
