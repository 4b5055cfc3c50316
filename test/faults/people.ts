// The people of a fault test: two tenants' own, each to be reached by RCS, SMS and email, and the templates for them.
import type { Parley } from '../support/parley.ts';
import {
  approveTemplate,
  capabilityKnown,
  freshPhone,
  PAYMENT,
  recordConsent,
  registerRecipient,
} from '../support/story.ts';

export const TENANTS = ['acme', 'globex'] as const;
export const CHANNELS = ['RCS', 'SMS', 'EMAIL'] as const;
export const PURPOSE = 'TRANSACTIONAL';

/** RCS and then SMS, held where an answer is lost; SMS alone, repeated once where one is; email alone. */
export const TEMPLATES = [
  { ...PAYMENT, name: 'payment', receiptWindowSeconds: 10 },
  {
    ...PAYMENT,
    name: 'code',
    channels: ['SMS'],
    receiptWindowSeconds: 10,
    uncertainOutcome: 'RETRY',
  },
  { ...PAYMENT, name: 'letter', channels: ['EMAIL'] },
] as const;

export interface Person {
  readonly tenant: string;
  readonly token: string;
  readonly id: string;
  readonly addresses: readonly string[];
}

/** As many of each tenant, known to the carriers and with consent on every channel. */
export async function gatherPeople(
  parley: Parley,
  countOfEach: number,
): Promise<readonly Person[]> {
  const people = await Promise.all(
    TENANTS.map(async (tenant) => {
      const token = await parley.token({ tenant });
      for (const template of TEMPLATES) await approveTemplate(parley, template, token);
      return Promise.all(
        Array.from({ length: countOfEach }, () => newPerson(parley, tenant, token)),
      );
    }),
  );
  return people.flat();
}

let count = 0;

export async function newPerson(parley: Parley, tenant: string, token: string): Promise<Person> {
  count += 1;
  // No number that makes the carriers do something of its own, and none twice.
  const lastFour = String(2_000 + Math.floor(count / 500));
  const [phone, email] = [freshPhone(lastFour), `person${count}+${lastFour}@example.com`];
  const id = await registerRecipient(parley, { phone, email }, token);
  await recordConsent(parley, id, { channels: CHANNELS }, token);
  await capabilityKnown(parley, id, token);
  return { tenant, token, id, addresses: [phone, email] };
}
