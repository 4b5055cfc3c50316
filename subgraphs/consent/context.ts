// What a resolver of consent has at hand for one request.
import type { LiveTail } from '../../platform/live-tail.ts';
import type { Principal } from '../../platform/principal.ts';
import type { AppendConsent } from './append-consent.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';
import type { ConsentDeps } from './deps.ts';
import type { ConsentLoaders } from './graphql/loaders.ts';

export interface ConsentContext extends ConsentDeps {
  readonly principal: Principal;
  readonly tail: LiveTail;
  readonly append: AppendConsent;
  readonly webhookSecrets: WebhookSecrets;
  readonly loaders: ConsentLoaders;
}
