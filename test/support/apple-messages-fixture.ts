// What the contract suite knows of Apple Messages for Business, by Infobip's API.
import { createSecretKey } from 'node:crypto';
import { attemptUrl } from '../../providers/attempt-url.ts';
import type { Outbound, RawCallback } from '../../providers/provider.ts';
import {
  ATTEMPT,
  CALLBACK_BASE_URL,
  rcsOutbound,
  type ProviderFixture,
} from './provider-fixtures.ts';
import { sample } from './samples.ts';

export const PERSON = 'urn:mbid:AQAAY0parleyADAzQ2k7+ok=';
export const LOGIN = 'infobip:present-password';

export const appleSettings = (apiUrl: string): Record<string, string> => ({
  APPLE_MESSAGES_SENDER: '1b671a64-40d5-491e-99b0-da01ff1f3341',
  INFOBIP_BASE_URL: apiUrl,
  INFOBIP_API_KEY: 'api-key',
  INFOBIP_REPORT_KEYS: 'present-secret-of-reports,old-secret-of-reports',
  INFOBIP_INBOUND_LOGINS: `${LOGIN},infobip:old-password`,
});

export const appleOutbound: Outbound = {
  ...rcsOutbound,
  to: PERSON,
  content: { channel: 'IMESSAGE', text: 'Your order is on its way.', replies: [] },
};

const callbackUrl = `${CALLBACK_BASE_URL}/apple-messages`;
const { results } = sample<Record<string, { results: [object] }>>('apple-messages/reports')[
  'a delivery'
] ?? { results: [{}] };

const report = (groupName: string, errorId = 0): Omit<RawCallback, 'headers'> => ({
  url: `${callbackUrl}?a=${ATTEMPT}`,
  body: Buffer.from(
    JSON.stringify({
      results: [
        {
          ...results[0],
          messageId: ATTEMPT,
          status: { groupName },
          error: { id: errorId, permanent: true },
        },
      ],
    }),
  ),
});

export const appleMessages: ProviderFixture = {
  id: 'apple-messages',
  settings: appleSettings,
  halfWithout: 'INFOBIP_REPORT_KEYS',
  outbound: appleOutbound,
  tooLong: {
    ...appleOutbound,
    content: { channel: 'IMESSAGE', text: 'x'.repeat(4_097), replies: [] },
  },
  acceptance: {
    status: 200,
    body: {
      bulkId: ATTEMPT,
      messages: [
        {
          messageId: ATTEMPT,
          status: { groupId: 1, groupName: 'PENDING', id: 26, name: 'PENDING_ACCEPTED' },
          destination: PERSON,
        },
      ],
    },
  },
  acceptedId: ATTEMPT,
  failureAnswer: (code) => {
    if (/^\d/.test(code)) return null;
    if (/^E\d/.test(code)) return { status: Number(code.slice(1)), body: { errorCode: code } };
    const status = { groupId: 5, groupName: 'REJECTED', name: code };
    return { status: 200, body: { messages: [{ messageId: ATTEMPT, status }] } };
  },
  failureCallback: (code) => (/^\d/.test(code) ? report('UNDELIVERABLE', Number(code)) : null),
  failureCodes: sample('apple-messages/failure-codes'),
  secrets: ['present-secret-of-reports', 'old-secret-of-reports'],
  secretsVariable: 'INFOBIP_REPORT_KEYS',
  callback: (status) => report(status),
  sign: ({ body }, secret) => ({
    url: attemptUrl(callbackUrl, ATTEMPT, {
      label: 'parley apple report 1',
      keys: [createSecretKey(Buffer.from(secret))],
    }),
    headers: {},
    body,
  }),
  unsign: (callback) => ({ ...callback, url: `${callbackUrl}?a=${ATTEMPT}` }),
  statuses: { delivered: 'DELIVERED', unheardOf: 'TELEPORTED' },
  tamper: ({ url, ...callback }) => ({
    ...callback,
    url: url.replace(ATTEMPT, ATTEMPT.replace(/1$/, '2')),
  }),
};
