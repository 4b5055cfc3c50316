// What a resolver of consent has at hand for one request.
import type { Principal } from '../../platform/principal.ts';
import type { AppendConsent } from './append-consent.ts';
import type { WebhookSecrets } from './webhook-secrets.ts';
import type { ConsentDeps } from './deps.ts';
import type { ConsentLoaders } from './graphql/loaders.ts';

export interface ConsentContext extends ConsentDeps {
  readonly principal: Principal;
  readonly append: AppendConsent;
  readonly webhookSecrets: WebhookSecrets;
  readonly loaders: ConsentLoaders;
}
