// Runs a prepared operation for a caller, within its deadline, and makes what comes out fit to be seen.
import type { ExecutionResult, FormattedExecutionResult } from 'graphql';
import type { Clock } from '../platform/clock.ts';
import type { MaskError } from '../platform/error-mask.ts';
import { ApiError } from '../platform/errors.ts';
import type { Metrics } from '../platform/metrics.ts';
import { mapStream, type Stream } from '../platform/stream.ts';
import type { Call, Federation } from './federation.ts';
import type { PreparedOperation } from './prepare.ts';

export type OperationOutcome = FormattedExecutionResult | Stream<FormattedExecutionResult>;

/** Never rejects: what goes wrong is in the result's errors, masked. */
export type RunOperation = (operation: PreparedOperation, call: Call) => Promise<OperationOutcome>;

export function isStream(outcome: OperationOutcome): outcome is Stream<FormattedExecutionResult> {
  return Symbol.asyncIterator in outcome;
}

export function createRunOperation(parts: {
  readonly federation: Federation;
  readonly mask: MaskError;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly timeoutMs: number;
}): RunOperation {
  const measure = parts.metrics.histogram(
    'gateway_operation_seconds',
    'How long queries and mutations take, and subscriptions to start.',
    { kind: ['query', 'mutation', 'subscription'], outcome: ['ok', 'errors'] },
  );
  return async (operation, call) => {
    const startedAt = parts.clock.now();
    const shown = (result: ExecutionResult) => show(result, call, parts.mask);
    let outcome: OperationOutcome;
    try {
      const running = parts.federation.run(operation, call);
      const result = await withinTime(running, parts.timeoutMs);
      const last = (error: unknown) => shown({ data: null, errors: [error as never] });
      outcome = Symbol.asyncIterator in result ? mapStream(result, shown, last) : shown(result);
    } catch (error) {
      outcome = shown({ data: null, errors: [error as never] });
    }
    const failed = !isStream(outcome) && outcome.errors !== undefined;
    const labels = { kind: operation.kind, outcome: failed ? 'errors' : 'ok' };
    measure(labels, (parts.clock.now() - startedAt) / 1000);
    return outcome;
  };
}

function show(result: ExecutionResult, call: Call, mask: MaskError): FormattedExecutionResult {
  const data = result.data ?? null;
  if (result.errors === undefined || result.errors.length === 0) return { data };
  const fields = { requestId: call.requestId };
  return { data, errors: result.errors.map((error) => mask(error, fields)) };
}

type Running = Awaited<ReturnType<Federation['run']>>;

async function withinTime(running: Promise<Running>, timeoutMs: number): Promise<Running> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const sentence = 'The platform took too long; a mutation may still have its effect.';
    reject(new ApiError('UNAVAILABLE', sentence));
    // Nobody reads what comes now: a stream that opens too late is ended, an error was not the cause.
    running.then(
      (result) => (Symbol.asyncIterator in result ? result.return() : null),
      () => null,
    );
  }, timeoutMs);
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}
