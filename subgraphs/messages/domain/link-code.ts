// The code that opens a secure link: the words it is sent in, and which ways it may take.
import type { Channel } from '../../../schema/vocabulary.ts';
import { CODE_LIFE_MS, CODE_VARIABLE } from './one-time-code.ts';
import type { Template } from './template.ts';

/** A tenant that approves a template of this name puts the code in words of its own. */
export const LINK_CODE_TEMPLATE = 'secure_link_code';

/** Who asks twice within this time gets no second code: it was a double click, or the first one is on its way. */
export const SAME_CODE_MS = 30_000;
/** How long the page stays open after a right code. */
export const OPEN_MS = 600_000;

const MINUTES = String(CODE_LIFE_MS / 60_000);
const CODE = `{{${CODE_VARIABLE}}}`;

const WORDS = [
  {
    locale: 'en',
    title: 'Your code',
    body: `${CODE} opens your secure message. It is good for ${MINUTES} minutes. Give it to nobody.`,
    neutralText: 'A code is there for you.',
  },
  {
    locale: 'de',
    title: 'Ihr Code',
    body: `${CODE} öffnet Ihre sichere Nachricht. Der Code gilt ${MINUTES} Minuten. Geben Sie ihn niemandem.`,
    neutralText: 'Ein Code ist für Sie da.',
  },
  {
    locale: 'fr',
    title: 'Votre code',
    body: `${CODE} ouvre votre message sécurisé. Il est valable ${MINUTES} minutes. Ne le donnez à personne.`,
    neutralText: 'Un code vous attend.',
  },
  {
    locale: 'es',
    title: 'Su código',
    body: `${CODE} abre su mensaje seguro. Es válido durante ${MINUTES} minutos. No se lo dé a nadie.`,
    neutralText: 'Hay un código para usted.',
  },
] as const;

/** MEDIUM, and not a sensitive value: a code that is masked or sealed could not be typed in. It is nothing without the link. */
export const linkCodeTemplate: Template = {
  name: LINK_CODE_TEMPLATE,
  type: 'OTP',
  purpose: 'TRANSACTIONAL',
  sensitivity: 'MEDIUM',
  channels: ['EMAIL', 'RCS', 'SMS'],
  locales: WORDS.map((words) => ({ ...words, smsText: null, actions: [] })),
  variables: [
    { name: CODE_VARIABLE, kind: 'TEXT', required: true, sensitive: false, mask: 'HIDDEN' },
  ],
  success: 'DELIVERED',
  uncertainOutcome: 'RETRY',
  receiptWindowSeconds: null,
  expirySeconds: null,
};

/** What keeps a template of the tenant's own from carrying the code; null where nothing does. */
export function linkCodeProblem(template: Template): string | null {
  if (template.type !== 'OTP') return 'it is not of the type OTP';
  if (template.sensitivity === 'HIGH') return 'a HIGH message would be a link itself';
  const code = template.variables.find(({ name }) => name === CODE_VARIABLE);
  if (code === undefined) return `it has no variable ${CODE_VARIABLE}`;
  if (code.sensitive) return 'the code would be masked';
  const others = template.variables.some(
    ({ name, required }) => required && name !== CODE_VARIABLE,
  );
  return others ? `it needs more than the variable ${CODE_VARIABLE}` : null;
}

interface KnownChannel {
  readonly channel: Channel;
  readonly address: string | null;
  readonly verified: boolean;
  readonly bounced: boolean;
}

/** The channels that a code may take: to an address that the person was shown to own, and never to the one that the link went
 *  to, by whatever channel. One phone number is one address, so a link by SMS is not opened by a code over RCS. */
export function codeChannels(linkChannel: Channel, channels: readonly KnownChannel[]): Channel[] {
  const linkAddress = channels.find(({ channel }) => channel === linkChannel)?.address ?? null;
  return channels.flatMap(({ channel, address, verified, bounced }) =>
    address !== null &&
    address !== linkAddress &&
    channel !== linkChannel &&
    linkCodeTemplate.channels.includes(channel) &&
    verified &&
    !bounced
      ? [channel]
      : [],
  );
}

const HIDDEN = '•••';

/** Enough for the person to know which address is meant, and not enough for another one to write to it. */
export function maskAddress(address: string): string {
  const [local, domain] = address.split('@', 2);
  if (domain === undefined) return `${HIDDEN} ${address.slice(-2)}`;
  const [first = ''] = Array.from(local ?? '');
  const ending = domain.slice(domain.lastIndexOf('.'));
  return `${first}${HIDDEN}@${domain.charAt(0)}${HIDDEN}${ending}`;
}
