// Addresses: which kind each channel needs, the one spelling of an email address, and what may be shown of an address.
import type { AddressKind, Channel } from '../../../schema/vocabulary.ts';

/** The kind of address that reaches a person on a channel. Null: the channel reaches people without one. */
export const addressKindOf: Readonly<Record<Channel, AddressKind | null>> = {
  RCS: 'PHONE',
  SMS: 'PHONE',
  EMAIL: 'EMAIL',
  IMESSAGE: 'APPLE_ID',
  PUSH: 'PUSH_SUBSCRIPTION',
  LINK: null,
};

/** Which of a person's addresses, best first, reaches them on a channel. A person has a subscription for each browser, and
 *  loses them without a word, so one that is gone is passed over while there is another. A phone number or a mailbox is
 *  chosen: one that does not exist is not put aside for another that nobody asked to use. */
export function addressFor<A extends { readonly kind: AddressKind; readonly bouncedAt: unknown }>(
  channel: Channel,
  addresses: readonly A[],
): A | undefined {
  const ofKind = addresses.filter(({ kind }) => kind === addressKindOf[channel]);
  const living = ofKind.find(({ bouncedAt }) => bouncedAt === null);
  return channel === 'PUSH' ? (living ?? ofKind[0]) : ofKind[0];
}

/** RFC 5321 section 4.5.3.1. */
const LOCAL_PART_MAX = 64;
const EMAIL_MAX = 254;
const EMAIL = /^([^\s@<>"(),:;[\]\\]+)@([^\s@:/?#\\]+)$/u;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/** The one spelling under which an email address is known, or null when the text is not an address. The domain is
 *  lower-case ASCII (IDNs as punycode); the part before it is kept, since only its own server may fold its case. */
export function normalizeEmail(text: string): string | null {
  const [, local, host] = EMAIL.exec(text.trim()) ?? [];
  if (local === undefined || host === undefined || local.length > LOCAL_PART_MAX) return null;
  const url = `http://${host}`;
  const domain = URL.canParse(url) ? new URL(url).hostname : '';
  const email = `${local}@${domain}`;
  return DOMAIN.test(domain) && email.length <= EMAIL_MAX ? email : null;
}

/** Whether a text that should be a name is an address instead. Names are stored in clear text, addresses never. */
export function resemblesAddress(text: string): boolean {
  return text.includes('@') || text.trim().startsWith('+');
}

const HIDDEN = '•••';

/** What may be shown of an address: enough for its owner to recognise it, too little to reach anybody. */
export function maskAddress(kind: AddressKind, value: string): string {
  switch (kind) {
    case 'PHONE':
      return `${value.slice(0, 3)}${HIDDEN}${value.slice(-2)}`;
    case 'EMAIL': {
      const at = value.lastIndexOf('@');
      const topLevel = value.slice(value.lastIndexOf('.'));
      return `${value.slice(0, 1)}${HIDDEN}@${value.slice(at + 1, at + 2)}${HIDDEN}${topLevel}`;
    }
    case 'APPLE_ID':
      return HIDDEN;
    case 'PUSH_SUBSCRIPTION': {
      const { endpoint } = JSON.parse(value) as { readonly endpoint: string };
      return `${new URL(endpoint).host}/${HIDDEN}`;
    }
  }
}
