// What a platform has to be configured with so that these carriers are its providers.
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

/** The same for push. The certificate is written into `directory`, and so is the platform's key, once: what subscribed with
 *  a key is of no use for another. */
export async function webPushVariables(
  { ports, credentials }: Pick<Carrier, 'ports' | 'credentials'>,
  directory: string,
): Promise<Record<string, string>> {
  const keyFile = join(directory, 'development-vapid-key.pem');
  const certificateFile = join(directory, 'push-service.pem');
  await writeFile(certificateFile, credentials.push.certificate);
  await writeFile(keyFile, freshVapidKey(), { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
  return {
    WEB_PUSH_SUBJECT: 'mailto:no-reply@parley.invalid',
    WEB_PUSH_VAPID_KEY_FILE: keyFile,
    WEB_PUSH_RECEIPT_KEYS: credentials.smtp.password,
    WEB_PUSH_HOSTS: `127.0.0.1:${ports.push}`,
    WEB_PUSH_CA_FILE: certificateFile,
  };
}

function freshVapidKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The same for Apple Messages for Business. What people write comes to the webhook `apple`. */
export function appleVariables({
  ports,
  credentials,
}: Pick<Carrier, 'ports' | 'credentials'>): Record<string, string> {
  const { sender, apiKey, login } = credentials.apple;
  return {
    APPLE_MESSAGES_SENDER: sender,
    INFOBIP_BASE_URL: `http://127.0.0.1:${ports.apple}`,
    INFOBIP_API_KEY: apiKey,
    INFOBIP_REPORT_KEYS: apiKey,
    INFOBIP_INBOUND_LOGINS: login,
  };
}

/** The same for SMPP, which takes the place of Twilio. */
export function smppVariables({
  ports,
  credentials,
}: Pick<Carrier, 'ports' | 'credentials'>): Record<string, string> {
  return {
    SENDING_PROVIDERS: 'smpp',
    SMPP_HOST: '127.0.0.1',
    SMPP_PORT: String(ports.smpp),
    SMPP_SYSTEM_ID: credentials.smpp.systemId,
    SMPP_PASSWORD: credentials.smpp.password,
    SMPP_SOURCE_ADDRESS: credentials.twilio.from,
  };
}
