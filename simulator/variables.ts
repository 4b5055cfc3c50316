// What a platform has to be configured with so that these carriers are its providers.
import { writeFile } from 'node:fs/promises';
import type { Carrier } from './index.ts';

/** The variables by name. The service account is written to `serviceAccountFile`, as Google's is downloaded. */
export async function providerVariables(
  carrier: Pick<Carrier, 'ports' | 'credentials' | 'serviceAccount'>,
  serviceAccountFile: string,
): Promise<Record<string, string>> {
  const { ports, credentials, serviceAccount } = carrier;
  await writeFile(serviceAccountFile, JSON.stringify(serviceAccount), { mode: 0o600 });
  return {
    RBM_BASE_URL: `http://127.0.0.1:${ports.rbm}`,
    RBM_AGENT_ID: credentials.rbm.agentId,
    RBM_SERVICE_ACCOUNT_FILE: serviceAccountFile,
    RBM_CLIENT_TOKENS: credentials.rbm.clientToken,
    TWILIO_BASE_URL: `http://127.0.0.1:${ports.twilio}`,
    TWILIO_ACCOUNT_SID: credentials.twilio.accountSid,
    TWILIO_AUTH_TOKENS: credentials.twilio.authToken,
    TWILIO_FROM: credentials.twilio.from,
  };
}

/** The same for email. Reports go to `bouncePort`, which the carriers are told of as the webhook `smtp`. */
export function smtpVariables(
  { ports, credentials }: Pick<Carrier, 'ports' | 'credentials'>,
  bouncePort: number,
): Record<string, string> {
  return {
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(ports.smtp),
    SMTP_TLS: 'off',
    SMTP_USER: credentials.smtp.user,
    SMTP_PASSWORD: credentials.smtp.password,
    SMTP_FROM: 'Parley <no-reply@parley.invalid>',
    SMTP_BOUNCE_KEYS: credentials.smtp.password,
    SMTP_BOUNCE_PORT: String(bouncePort),
  };
}

/** The same for SMPP, which takes the place of Twilio where both are configured. */
export function smppVariables({
  ports,
  credentials,
}: Pick<Carrier, 'ports' | 'credentials'>): Record<string, string> {
  return {
    SMPP_HOST: '127.0.0.1',
    SMPP_PORT: String(ports.smpp),
    SMPP_SYSTEM_ID: credentials.smpp.systemId,
    SMPP_PASSWORD: credentials.smpp.password,
    SMPP_SOURCE_ADDRESS: credentials.twilio.from,
  };
}
