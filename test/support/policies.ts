// Setting a tenant's policy by GraphQL, and beginning anew without one.
import type { Answer } from './people.ts';
import type { Sending } from './sending.ts';

/** What `setPolicy` answers. */
export async function setPolicy(
  { ask }: Sending,
  policy: object,
  { basedOn = 0, reason = 'a test' }: { basedOn?: number; reason?: string } = {},
): Promise<Answer['data']> {
  const { setPolicy: payload } = await ask(
    `mutation ($input: SetPolicyInput!) { setPolicy(input: $input) {
       policy { version number triesMax by reason }
       errors { __typename ... on UserError { code path message } } } }`,
    { input: { basedOn, reason, policy } },
  );
  return payload;
}

/** As if the tenants had never set one. */
export async function forgetPolicies({ people }: Sending): Promise<void> {
  await people.sql(`delete from messages.policy`);
  people.work.bus.wake('settings:messages');
}
