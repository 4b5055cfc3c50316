// Metrics: what is counted is shown, and labels stay within their declared values.
import { describe, expect, it } from '@jest/globals';
import { createMetrics, type Metrics } from '../../../platform/metrics.ts';

async function text(metrics: Metrics): Promise<string> {
  return String((await metrics.route.handle({} as never)).body);
}

describe('metrics', () => {
  it('show counters, histograms, levels and gauges in the text format', async () => {
    const metrics = createMetrics({ withProcess: false });
    const count = metrics.counter('tries_total', 'Tries.', { outcome: ['good', 'bad'] });
    const measure = metrics.histogram('try_seconds', 'How long.', {}, [0.1, 1]);
    const tell = metrics.level('tank_litres', 'How full.', { tank: ['left'] });
    let size = 0;
    metrics.gauge('queue_size', 'How many wait.', () => size);
    count({ outcome: 'good' });
    count({ outcome: 'good' }, 2);
    measure({}, 0.5);
    tell({ tank: 'left' }, 3);
    tell({ tank: 'left' }, 2);
    size = 7;
    const shown = await text(metrics);
    expect(shown).toContain('tries_total{outcome="good"} 3');
    expect(shown).toContain('try_seconds_bucket{le="0.1"} 0');
    expect(shown).toContain('try_seconds_bucket{le="1"} 1');
    expect(shown).toContain('tank_litres{tank="left"} 2');
    expect(shown).toContain('queue_size 7');
  });

  it('count a value that was not declared as other', async () => {
    const metrics = createMetrics({ withProcess: false });
    const count = metrics.counter('tries_total', 'Tries.', { outcome: ['good'] });
    for (let i = 0; i < 1000; i += 1) count({ outcome: `made up ${i}` });
    expect(await text(metrics)).toContain('tries_total{outcome="other"} 1000');
    expect(await text(metrics)).not.toContain('made up');
  });

  it('of two registries do not mix', async () => {
    const [one, two] = [createMetrics({ withProcess: true }), createMetrics({ withProcess: true })];
    one.counter('tries_total', 'Tries.', {})({});
    expect(await text(one)).toContain('tries_total 1');
    expect(await text(two)).not.toContain('tries_total');
    expect(await text(two)).toContain('process_cpu_seconds_total');
  });
});
