// The keys of a message's tasks: its own, which drives its first line, and one for each attempt of another line.
import type { Attempt, MessageState, TaskOfAttempt } from './domain/message-state.ts';
import { current } from './domain/message-state.ts';

export const taskKeyOf = (messageId: string, { task }: TaskOfAttempt): string =>
  task === undefined ? messageId : `${messageId}/${task}`;

/** The id of the message that a task is about. */
export function messageOf(taskKey: string): string {
  const slash = taskKey.indexOf('/');
  return slash === -1 ? taskKey : taskKey.slice(0, slash);
}

/** The attempt that a task of the message is about; null where it has none. */
export function attemptOf(
  message: Pick<MessageState, 'attempts'>,
  taskKey: string,
): Attempt | null {
  const slash = taskKey.indexOf('/');
  if (slash === -1) return current(message);
  const number = Number(taskKey.slice(slash + 1));
  return message.attempts.find((attempt) => attempt.number === number) ?? null;
}
