// What a resolver of recipients has at hand for one request.
import type { LiveTail } from '../../platform/live-tail.ts';
import type { Principal } from '../../platform/principal.ts';
import type { RecipientsWork } from './deps.ts';
import type { RecipientLoaders } from './graphql/loaders.ts';
import type { LookUpNumbers } from './look-up-numbers.ts';

export interface RecipientsContext extends RecipientsWork {
  readonly principal: Principal;
  readonly tail: LiveTail;
  readonly lookUpNumbers: LookUpNumbers;
  readonly loaders: RecipientLoaders;
}
