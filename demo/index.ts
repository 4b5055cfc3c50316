// The story of a payment confirmation, told by a running platform: run `npm start`, then `npm run demo` beside it.
import { randomUUID } from 'node:crypto';
import { CryptoError } from '../crypto/errors.ts';
import { learnWords, showDecision, type Meaning } from './decision.ts';
import * as deeds from './deeds.ts';
import type { Payment, Person } from './deeds.ts';
import { registerPhone, type Phone } from './phone.ts';
import { findPlatform, type Json, type Platform } from './platform.ts';
import { StoryError, told } from './story-error.ts';
import { beside, bold, dim, green, line, red, screen, section } from './telling.ts';

const [directory = '.parley'] = process.argv.slice(2);

const payment = (): Payment => ({ key: `order-${randomUUID()}`, amount: '$12.50' });

async function tell(platform: Platform): Promise<void> {
  const meaning = await learnWords(platform);
  line(
    `Parley at ${platform.url}, tenant ${platform.tenant}. Every line below is what its API, its`,
  );
  line('simulated carriers and the phones answer now.');
  const first = payment();

  section('1. Maya has RCS and the app: sealed to her phone');
  const maya = await introduce(platform, 'Maya', {
    receipts: [
      ['delivered', 800],
      ['read', 1_500],
    ],
  });
  const phone = await registerPhone(platform, maya.id);
  line(`  phone      proved that it holds its key; fingerprint ${phone.fingerprint}`);
  line(`  template   ${await templateFor(platform, maya)}`);
  await agree(platform, maya);
  const messageId = await sendAndWatch(platform, maya, first, { last: 'READ', meaning });
  await showSealed(platform, maya, phone, messageId);

  section('2. Ben has no RCS: a masked SMS');
  const ben = await introduce(platform, 'Ben', { rcs: { reachable: false } });
  await agree(platform, ben);
  await sendAndWatch(platform, ben, payment(), { last: 'DELIVERED', meaning });
  await showTexts(platform, ben);

  section('3. Ida’s phone is off for RCS: taken back after ten seconds, then SMS');
  const ida = await introduce(platform, 'Ida', {
    rcs: { reachable: true, receipts: [['none', 0]] },
    receipts: [['delivered', 150]],
  });
  await agree(platform, ida);
  await sendAndWatch(platform, ida, payment(), { last: 'DELIVERED', meaning });
  await showTexts(platform, ida);

  section('4. Omar took his consent back: nothing is sent');
  await tellRefusal(platform, meaning);

  section('5. The shop clicks twice');
  await tellReplay(platform, maya, first, messageId);

  line();
  line(green('The story went as told.'));
}

/** A person whose carriers do what `profile` says, and what the carriers say about the phone. */
async function introduce(platform: Platform, name: string, profile: object): Promise<Person> {
  const person = await deeds.register(platform, name, profile);
  line(`  recipient  ${person.externalId}, ${person.id}`);
  const channels = await deeds.lookUp(platform, person);
  const known = channels.map(
    ({ channel, capability }) => `${channel} ${capability.supported} (${capability.source})`,
  );
  line(`  reachable  ${known.join(', ')}`);
  return person;
}

async function agree(platform: Platform, person: Person): Promise<void> {
  line(`  consent    ${inShort(await deeds.consent(platform, person))}`);
}

function inShort(consents: readonly Json[]): string {
  const channels = consents.map(({ channel }) => channel).join(', ');
  return `${consents[0].purpose} ${consents[0].action} for ${channels}`;
}

/** Asks with a send that cannot go, because nobody has consented to it yet, whether the template is approved. */
async function templateFor(platform: Platform, stranger: Person): Promise<string> {
  const { errors } = await deeds.send(platform, stranger, payment());
  const code = errors[0]?.code;
  if (code === 'CONSENT_REFUSED') return `${deeds.TEMPLATE}, approved earlier`;
  told(code === 'TEMPLATE_NOT_APPROVED', 'A send without consent was not refused as such.');
  const version = await deeds.approveTemplate(platform);
  return `${deeds.TEMPLATE}, version ${version}: created, submitted, approved`;
}

/** Sends, and shows the decision and then the receipts as they come; the message's id. */
async function sendAndWatch(
  platform: Platform,
  person: Person,
  message: Payment,
  { last, meaning }: { last: string; meaning: Meaning },
): Promise<string> {
  const sentAt = performance.now();
  const { message: accepted, errors } = await deeds.send(platform, person, message);
  const answerMs = Math.round(performance.now() - sentAt);
  told(accepted !== null, `The send to ${person.name} was refused: ${errors[0]?.message}`);
  line();
  line(`sendMessage answered in ${answerMs} ms with ${bold(accepted.id)} and its decision:`);
  showDecision(accepted.decision, meaning);
  line('live, over the subscription:');
  for await (const { event, at } of platform.events.until(accepted.id, last)) {
    const { type, recipient, channel, provider, failureCode, fallbackReason } = event;
    const after = `${Math.round(at - sentAt)} ms`.padStart(10);
    const route = channel === null ? '' : `${channel} by ${provider}`;
    const why = fallbackReason === null ? (failureCode ?? '') : meaning(fallbackReason);
    const start = `${after}  ${type.padEnd(9)}  ${recipient.externalId}  ${route.padEnd(17)}  `;
    beside(start, why);
  }
  return accepted.id;
}

/** What the carrier carried beside what the app opens: the first holds nothing of the second. */
async function showSealed(
  platform: Platform,
  { name, phone: number }: Person,
  phone: Phone,
  messageId: string,
): Promise<void> {
  const [card] = await platform.handset(number);
  const [{ label, url }] = card.suggestions;
  line(`the carrier brought, and ${name}’s phone shows:`);
  screen(`${card.text}\n[ ${label} ]`);
  const { digest, title, body, messageId: sealedId } = await phone.open(url);
  line(
    'the app follows the link, opens the envelope with its private key, verifies who signed it:',
  );
  screen(`${title}\n${body}`);
  told(sealedId === messageId, 'The envelope is of another message.');
  const [attempt] = await deeds.attemptsOf(platform, messageId);
  told(attempt.envelopeDigest === digest, 'The record names another envelope.');
  line(`the record of the attempt names this envelope, SHA-256 ${digest}`);
  const requests = await platform.carried(number);
  const leaks = requests.filter((text) => text.includes(deeds.CARD) || text.includes('12.50'));
  told(requests.length > 0, 'No carrier has heard of her number.');
  told(leaks.length === 0, 'A carrier has seen what should be sealed.');
  line(
    green(
      `of ${requests.length} requests to carriers about her number, ` +
        `${leaks.length} hold the amount or the card`,
    ),
  );
}

async function showTexts(platform: Platform, { name, phone }: Person): Promise<void> {
  const shown = await platform.handset(phone);
  line(`${name}’s phone shows:`);
  for (const { channel, text } of shown) screen(`${channel}: ${text}`);
  const clear = shown.some(({ text }) => text.includes(deeds.CARD));
  told(!clear, 'A text holds the whole card number.');
}

async function tellRefusal(platform: Platform, meaning: Meaning): Promise<void> {
  const omar = await introduce(platform, 'Omar', {});
  await agree(platform, omar);
  line(`  consent    ${inShort(await deeds.withdraw(platform, omar))}`);
  const { message, errors, refused } = await deeds.send(platform, omar, payment());
  told(message === null, 'A message was accepted against a withdrawn consent.');
  line();
  line(`sendMessage refused: ${red(`${errors[0].__typename}, ${errors[0].code}`)}`);
  beside('  ', errors[0].message);
  showDecision(refused[0].decision, meaning);
  const messages = await deeds.messagesOf(platform, omar);
  const shown = await platform.handset(omar.phone);
  told(messages.length + shown.length === 0, 'A refused message was written or sent.');
  line(`messages written for him: ${messages.length}; shown on his phone: ${shown.length}`);
}

async function tellReplay(
  platform: Platform,
  person: Person,
  first: Payment,
  messageId: string,
): Promise<void> {
  const again = await deeds.send(platform, person, first);
  const same = again.message?.id === messageId && again.replayed === true;
  told(same, 'The same key and body made a second message.');
  line(`the same key, the same body:  ${again.message.id}, replayed: ${again.replayed}`);
  const other = await deeds.send(platform, person, { ...first, amount: '$99.00' });
  told(other.message === null, 'The same key took another body.');
  line(`the same key, another amount: ${red(other.errors[0].code)}`);
  beside('  ', other.errors[0].message, dim);
}

try {
  const platform = await findPlatform(directory);
  try {
    await tell(platform);
  } finally {
    await platform.close();
  }
} catch (error) {
  if (!(error instanceof StoryError || error instanceof CryptoError)) throw error;
  line(red(error.message));
  process.exitCode = 1;
}
