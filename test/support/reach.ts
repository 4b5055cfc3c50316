// Ways to a person that an app or the person's own first message opens: push, and iMessage.
import type { Json, Parley } from './parley.ts';
import { ERRORS } from './story.ts';

/** As a page does it: the key, the browser, the registration. Answers by what the simulated browser is known. */
export async function subscribeToPush(
  parley: Parley,
  recipientId: string,
  browser: string,
): Promise<string> {
  const asked = await parley.ask('{ pushApplicationServerKey }');
  const applicationServerKey = asked.data.pushApplicationServerKey as string;
  const { id, ...subscription } = parley.carrier.control.subscribe({
    id: browser,
    applicationServerKey,
  });
  const { data } = await parley.ask(
    `mutation ($input: RegisterPushSubscriptionInput!) {
       registerPushSubscription(input: $input) { address { id } ${ERRORS} } }`,
    { input: { recipientId, subscription } },
  );
  accepted(data.registerPushSubscription);
  return id;
}

/** The id by which Apple knows somebody who wrote first. */
export async function addAppleId(
  parley: Parley,
  recipientId: string,
  appleId: string,
): Promise<void> {
  const { data } = await parley.ask(
    `mutation ($input: AddAddressInput!) { addAddress(input: $input) { recipient { id } ${ERRORS} } }`,
    { input: { recipientId, appleId } },
  );
  accepted(data.addAddress);
}

function accepted({ errors }: Json): void {
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
}
