// What a secure link is bound to: the attempt that carries it, and the person that it is for.
import { publicId } from '../../schema/ids.ts';

/** The audience of a link's token. By it a link tells to which address it was sent: a code never goes to the same one. */
export function linkAudience(of: {
  readonly recipientId: string;
  readonly attemptId: string;
}): string {
  return `${publicId('recipient', of.recipientId)} ${publicId('attempt', of.attemptId)}`;
}
