// Bugs that are planted into the engine's own code, to see that the simulation finds them.

export interface Plant {
  /** What the engine forgets. */
  readonly name: string;
  /** The compiled file, from the root of what is compiled. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export const plants: readonly Plant[] = [
  {
    name: 'a holder whose lease is over may still record',
    file: 'subgraphs/messages/send-attempt.js',
    find: 'held.filter(({ task }) => inHand.has(task))',
    replace: 'held',
  },
  {
    name: 'consent is asked once, when the message is accepted',
    file: 'subgraphs/messages/claim-attempts.js',
    find: 'stillAllowed(',
    replace: '(() => true)(',
  },
  {
    name: 'after a crash it is handed over again, whatever the provider makes of that',
    file: 'subgraphs/messages/domain/lifecycle.js',
    find: 'handedOver && !repeatable',
    replace: 'false',
  },
  {
    name: 'a lost answer is taken for a refusal',
    file: 'subgraphs/messages/send-attempt.js',
    find: 'const outcome = await provider.send(outbound, deps.settings.providerTimeoutMs);',
    replace: `const answer = await provider.send(outbound, deps.settings.providerTimeoutMs);
      const outcome = answer.kind === 'unknown'
        ? { kind: 'refused', code: 'PROVIDER_FAULT', providerCode: '', retryAfterMs: null } : answer;`,
  },
  {
    name: 'a refusal after a lost answer makes the attempt a failure',
    file: 'subgraphs/messages/domain/answer.js',
    find: 'mayBeTaken(attempt) && !forGood',
    replace: 'false',
  },
  {
    name: 'a worker that stood still hands over what it claimed',
    file: 'subgraphs/messages/send-attempt.js',
    find: 'clock.now() - claimedAt > settings.providerTimeoutMs',
    replace: 'false',
  },
  {
    name: 'nobody looks whether a message has expired',
    file: 'subgraphs/messages/domain/lifecycle.js',
    find: 'at.now < state.expiresAt',
    replace: 'true',
  },
  {
    name: 'the wait for a receipt has no timer',
    file: 'subgraphs/messages/domain/step.js',
    find: "[{ kind: 'wait', delayMs, ...taskOf(attempt) }]",
    replace: '[]',
  },
  {
    name: 'what may be at a provider goes around it',
    file: 'subgraphs/messages/domain/step.js',
    find: "attempt.state === 'SUBMITTING'",
    replace: 'false',
  },
  {
    name: 'the next channel is begun when somebody comes across it',
    file: 'subgraphs/messages/domain/step.js',
    find: 'queued(attempt, 0)',
    replace: 'queued(attempt, 45_000)',
  },
  {
    name: 'a line takes a route that another one took',
    file: 'subgraphs/messages/domain/message-state.js',
    find: '!attempts.some((attempt) => sameRoute(attempt.route, other))',
    replace: 'true',
  },
  {
    name: 'a status is what was reported last',
    file: 'subgraphs/delivery/domain/receipt-status.js',
    find: 'RANK.indexOf(a) >= RANK.indexOf(b) ? a : b',
    replace: 'b',
  },
  {
    name: 'a callback is acknowledged before it is kept',
    file: 'subgraphs/delivery/take-callback.js',
    find: 'await keep({ id, provider: provider.id, sealed, receivedAt: deps.clock.now() });',
    replace: 'keep({ id, provider: provider.id, sealed, receivedAt: 0 }).catch(() => {});',
  },
  {
    name: 'an idempotency key answers any request',
    file: 'subgraphs/messages/accept-message.js',
    find: '(await sameRequest(',
    replace: '(true || await sameRequest(',
  },
  {
    name: 'sensitive values are not masked',
    file: 'subgraphs/messages/domain/content.js',
    find: '!rule.sensitive',
    replace: 'true',
  },
];

/** The file's text with the bug in it. Throws where the place is gone: then the plant has to be moved. */
export function planted({ name, find, replace }: Plant, text: string): string {
  const [before, after, ...more] = text.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`"${name}" has no place of its own any more: ${find}`);
  }
  return `${before}${replace}${after}`;
}
