// Prometheus metrics with bounded labels: a label's values are declared, so that no caller can grow the store.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Route } from './http-server.ts';

/** Each label with all values that it can have; any other value is counted as `other`. */
export type Labels = Readonly<Record<string, readonly string[]>>;
export type LabelValues<L extends Labels> = { readonly [K in keyof L]: string };

export interface Metrics {
  /** Counts events; the name ends in `_total`. */
  counter<L extends Labels>(
    name: string,
    sentence: string,
    labels: L,
  ): (values: LabelValues<L>, by?: number) => void;
  /** Collects measurements; the name ends in the unit. `buckets` are upper bounds, ascending. */
  histogram<L extends Labels>(
    name: string,
    sentence: string,
    labels: L,
    buckets?: readonly number[],
  ): (values: LabelValues<L>, value: number) => void;
  /** Shows the last number that was told. */
  level<L extends Labels>(
    name: string,
    sentence: string,
    labels: L,
  ): (values: LabelValues<L>, value: number) => void;
  /** Reads a number whenever someone looks. */
  gauge(name: string, sentence: string, read: () => number): void;
  /** Everything in the text format, at GET /metrics. */
  readonly route: Route;
}

/** Seconds: from one millisecond to ten seconds, as requests take. */
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** A registry of its own, so that two platforms in one process do not count into each other. `withProcess` adds memory,
 *  descriptors and event loop delay of the process. */
export function createMetrics({ withProcess }: { readonly withProcess: boolean }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (withProcess) collectDefaultMetrics({ register: registry });
  return {
    counter(name, help, labels) {
      const counter = new Counter({ name, help, labelNames: Object.keys(labels), registers });
      return (values, by = 1) => counter.inc(bounded(labels, values), by);
    },
    histogram(name, help, labels, buckets = SECONDS) {
      const labelNames = Object.keys(labels);
      const settings = { name, help, labelNames, buckets: [...buckets], registers };
      const histogram = new Histogram(settings);
      return (values, value) => histogram.observe(bounded(labels, values), value);
    },
    level(name, help, labels) {
      const gauge = new Gauge({ name, help, labelNames: Object.keys(labels), registers });
      return (values, value) => gauge.set(bounded(labels, values), value);
    },
    gauge(name, help, read) {
      const collect = function collect(this: Gauge) {
        this.set(read());
      };
      new Gauge({ name, help, registers, collect });
    },
    route: {
      method: 'GET',
      path: '/metrics',
      bodyMaxBytes: 0,
      async handle() {
        const headers = { 'content-type': registry.contentType };
        return { status: 200, headers, body: await registry.metrics() };
      },
    },
  };
}

function bounded<L extends Labels>(labels: L, values: LabelValues<L>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([label, allowed]) => {
      const value = values[label] ?? '';
      return [label, allowed.includes(value) ? value : 'other'];
    }),
  );
}
