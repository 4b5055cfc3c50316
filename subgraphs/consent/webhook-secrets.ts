// The secrets that webhooks are signed with, those that come and those that go: shown once, kept wrapped by the KMS.
import { KeyUse, type KeyContext, type Kms, type Wrapped } from '../../crypto/kms.ts';
import { makeWebhookSecret } from '../../crypto/webhook-signature.ts';
import type { CmpFormat } from '../../schema/vocabulary.ts';
import type { StoredSecret } from './store/cmp-sources.ts';

/** Whose secret it is: wrapped for one source or target, it does not open for another. */
interface SecretOwner {
  readonly tenantId: string;
  readonly purpose: 'cmp-secret' | 'crm-secret';
  /** A source's format, or a target's UUID. */
  readonly subject: string;
}

export const cmpSecretsOf = (source: {
  readonly tenantId: string;
  readonly format: CmpFormat;
}): SecretOwner => ({
  tenantId: source.tenantId,
  purpose: 'cmp-secret',
  subject: source.format,
});

export const crmSecretsOf = (target: {
  readonly tenantId: string;
  readonly id: string;
}): SecretOwner => ({ tenantId: target.tenantId, purpose: 'crm-secret', subject: target.id });

/** During a rotation the new one and the one before it. */
export const SECRETS_MAX = 2;

export interface WebhookSecrets {
  /** A fresh one: `whsec_` and base64 of 32 bytes. */
  make(owner: SecretOwner): Promise<{ readonly text: string; readonly stored: StoredSecret }>;
  open(owner: SecretOwner, stored: readonly StoredSecret[]): Promise<string[]>;
}

/** Secrets that one process keeps open; about 200 bytes each. */
const OPEN_MAX = 1_000;

/** Opens each secret once: a KMS may be an HSM, and anybody may knock at the door that asks for it. */
export function createWebhookSecrets(kms: Kms): WebhookSecrets {
  const open = new Map<string, string>();
  return {
    async make(owner) {
      const text = makeWebhookSecret();
      const ref = { tenant: owner.tenantId, use: KeyUse.data };
      return { text, stored: toStored(await kms.wrap(ref, Buffer.from(text), contextOf(owner))) };
    },
    async open(owner, stored) {
      const texts: string[] = [];
      for (const secret of stored) {
        const known = open.get(secret.ciphertext);
        const text =
          known ?? Buffer.from(await kms.unwrap(toWrapped(secret), contextOf(owner))).toString();
        if (open.size >= OPEN_MAX) open.clear();
        open.set(secret.ciphertext, text);
        texts.push(text);
      }
      return texts;
    },
  };
}

export const toStored = ({ keyId, version, ciphertext }: Wrapped): StoredSecret => ({
  keyId,
  version,
  ciphertext: Buffer.from(ciphertext).toString('base64'),
});

export const toWrapped = ({ keyId, version, ciphertext }: StoredSecret): Wrapped => ({
  keyId,
  version,
  ciphertext: Buffer.from(ciphertext, 'base64'),
});

const contextOf = ({ tenantId, purpose, subject }: SecretOwner): KeyContext => ({
  tenant: tenantId,
  purpose,
  subject,
});
