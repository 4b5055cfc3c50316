// The story of a payment confirmation, told by a running platform: run `npm start`, then `npm run demo` beside it.
import { randomUUID } from 'node:crypto';
import { approveTemplate, consent, register, send, watch, type Person } from './deeds.ts';
import { registerPhone } from './phone.ts';
import { findPlatform, StoryError, type Json, type Platform } from './platform.ts';
import { bold, dim, green, line, red, screen, section, table } from './telling.ts';

const [directory = '.parley'] = process.argv.slice(2);

async function tell(platform: Platform): Promise<void> {
  line(`Parley at ${platform.url}. Everything below is what it answers.`);
  const template = await approveTemplate(platform);
  const first = { template, key: `order-${randomUUID()}`, amount: '$12.50' };

  section('1. Maya has RCS and the app: sealed to her phone');
  const maya = await register(platform, 'Maya', {
    receipts: [
      ['delivered', 150],
      ['read', 600],
    ],
  });
  const phone = await registerPhone(platform, maya.id);
  await consent(platform, maya, 'record');
  line(`Her phone proved that it holds its key. Its fingerprint: ${phone.fingerprint}`);
  await sendAndWatch(platform, maya, first, 'READ');
  const [card] = await platform.handset(maya.phone);
  line();
  line('What the carrier carried, and her phone shows:');
  screen(`${card.text}\n[${card.suggestions[0].label}]`);
  const content = await phone.open(card.suggestions[0].url);
  line('What the app opens with its key, signed by the sender:');
  screen(`${content.title}\n${content.body}`);

  section('2. Ben has no RCS: a masked SMS');
  const ben = await register(platform, 'Ben', { rcs: { reachable: false } });
  await consent(platform, ben, 'record');
  await sendAndWatch(platform, ben, { ...first, key: randomUUID() }, 'DELIVERED');
  await showTexts(platform, ben);

  section('3. Ida’s phone is off for RCS: revoked after ten seconds, then SMS');
  const silent = {
    rcs: { reachable: true, receipts: [['none', 0]] },
    receipts: [['delivered', 150]],
  };
  const ida = await register(platform, 'Ida', silent);
  await consent(platform, ida, 'record');
  await sendAndWatch(platform, ida, { ...first, key: randomUUID() }, 'DELIVERED');
  await showTexts(platform, ida);

  section('4. Omar took his consent back: nothing is sent');
  const omar = await register(platform, 'Omar', {});
  await consent(platform, omar, 'record');
  await consent(platform, omar, 'withdraw');
  const refused = await send(platform, omar, { ...first, key: randomUUID() });
  expect(refused.message === null, 'A message was accepted without consent.');
  const [error] = refused.errors;
  line(red(`${error.__typename}: ${error.message}`));
  showDecision(error.decision);
  expect((await platform.handset(omar.phone)).length === 0, 'Omar’s phone shows something.');
  line('His phone shows nothing.');

  section('5. The shop clicks twice');
  const again = await send(platform, maya, first);
  expect(again.replayed === true, 'The same key made a second message.');
  line(`The same key with the same body: ${again.message.id}, replayed: ${again.replayed}`);
  const other = await send(platform, maya, { ...first, amount: '$99.00' });
  expect(other.errors.length === 1, 'The same key took another body.');
  line(`The same key with another amount: ${red(`${other.errors[0].code}`)}`);
  line();
}

async function sendAndWatch(
  platform: Platform,
  person: Person,
  message: { template: string; key: string; amount: string },
  last: string,
): Promise<void> {
  const events = watch(platform, person, last);
  // The first event is asked for before the send, so that the stream is there when it comes.
  let next = events.next();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const sentAt = Date.now();
  const { message: accepted, errors } = await send(platform, person, message);
  if (accepted === null) throw new StoryError(`The send was refused: ${errors[0].message}`);
  line(`sendMessage answered after ${Date.now() - sentAt} ms: ${bold(accepted.id)}`);
  showDecision(accepted.decision);
  line('Live, over the subscription:');
  for (let step = await next; step.done !== true; step = await next) {
    showEvent(step.value, sentAt);
    next = events.next();
  }
}

/** The ranked routes, and for each channel that is out the reasons. */
function showDecision({ policyVersion, candidates }: Json): void {
  line(dim(`Decided by policy ${policyVersion}:`));
  const interesting = candidates.filter(
    ({ reasons }: Json) => !reasons.includes('CHANNEL_NOT_IN_TEMPLATE'),
  );
  table(
    interesting.map(({ channel, protection, score, rank, reasons }: Json) => [
      rank === null ? '-' : green(String(rank)),
      channel,
      protection,
      String(score),
      reasons.length === 0 ? 'chosen in this order' : reasons.join(', '),
    ]),
  );
}

function showEvent(event: Json, sentAt: number): void {
  const after = `${Math.max(0, Date.now() - sentAt)} ms`.padStart(9);
  const why = event.failureCode ?? event.fallbackReason;
  const details = [event.channel, event.provider, why].filter((detail) => detail !== null);
  line(
    `  ${after}  ${event.type.padEnd(9)} ${event.recipient.externalId}  ${details.join('  ')}`.trimEnd(),
  );
}

async function showTexts(platform: Platform, person: Person): Promise<void> {
  line(`${person.name}’s phone shows:`);
  for (const { channel, text } of await platform.handset(person.phone))
    screen(`${channel}: ${text}`);
}

function expect(holds: boolean, sentence: string): void {
  if (!holds) throw new StoryError(sentence);
}

try {
  const platform = await findPlatform(directory);
  await tell(platform);
  await platform.sockets.dispose();
} catch (error) {
  if (!(error instanceof StoryError)) throw error;
  line(red(error.message));
  process.exitCode = 1;
}
