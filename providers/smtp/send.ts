// Hands a mail over to the mail server and says what came of it.
import { FailureCode } from '../../schema/vocabulary.ts';
import type { Outbound, SendOutcome } from '../provider.ts';
import { failureOfReply, type Stage } from './errors.ts';
import { mailOf, messageIdOf, type MailSender } from './message.ts';
import { MailError, type Transport } from './transport.ts';

/** By the command that was refused; all others are about the session. */
const stages: ReadonlyMap<string, Stage> = new Map([
  ['MAIL FROM', 'sender'],
  ['RCPT TO', 'recipient'],
  ['DATA', 'message'],
]);

export async function send(
  transport: Transport,
  sender: MailSender,
  outbound: Outbound,
  deadlineMs: number,
): Promise<SendOutcome> {
  try {
    await transport.send(mailOf(outbound, sender), AbortSignal.timeout(deadlineMs));
    return { kind: 'accepted', providerMessageId: messageIdOf(outbound.attemptId, sender) };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return outcomeOf(error);
  }
}

/** A reply refuses, also one to the end of the data. Without one, only what was never written is surely not sent. */
function outcomeOf({ reply, command, written, code }: MailError): SendOutcome {
  if (reply !== null) {
    const failure = failureOfReply(reply, stages.get(command) ?? 'session');
    return { kind: 'refused', ...failure, retryAfterMs: null };
  }
  if (written) return { kind: 'unknown', detail: `the mail server did not answer: ${code}` };
  const failure = notSent.get(code) ?? FailureCode.PROVIDER_FAULT;
  return { kind: 'refused', code: failure, providerCode: 'not-sent', retryAfterMs: null };
}

/** What the library refuses before the server is asked. */
const notSent: ReadonlyMap<string, FailureCode> = new Map([
  ['EENVELOPE', FailureCode.INVALID_RECIPIENT],
  ['EAUTH', FailureCode.AUTH],
  ['ENOAUTH', FailureCode.AUTH],
]);
