// Strategies: which templates may go several ways at once, and how a plan is divided.
import { describe, expect, it } from '@jest/globals';
import type { Decision } from '../../../../../subgraphs/messages/domain/decision.ts';
import { divide, primaryChannelOf } from '../../../../../subgraphs/messages/domain/strategy.ts';
import { checkTemplate, type Template } from '../../../../../subgraphs/messages/domain/template.ts';
import { template } from '../../../../support/templates.ts';

const alert = (more: Partial<Template> = {}): Template =>
  template({ type: 'ALERT', channels: ['RCS', 'EMAIL', 'SMS'], strategy: 'PARALLEL', ...more });
const decision = (channels: Decision['candidates'][number]['channel'][]): Decision => ({
  policyVersion: '1',
  decidedAt: '2026-11-21T00:00:00.000Z',
  capabilities: [],
  candidates: channels.map((channel, index) => ({
    channel,
    protection: 'CLEAR',
    provider: channel,
    score: 10 - index,
    rank: index + 1,
    reasons: [],
    consentId: null,
  })),
});

describe('a template that goes several ways at once', () => {
  it.each<[string, Partial<Template>, string[][]]>([
    ['is an alert', {}, []],
    ['takes three channels', { parallelChannels: 3 }, []],
    ['is nothing else', { type: 'RECEIPT' }, [['strategy']]],
    ['takes no more than three', { parallelChannels: 4 }, [['parallelChannels'], ['channels']]],
    ['has the channels for it', { channels: ['RCS'] }, [['channels']]],
    [
      'says how many only then',
      { strategy: 'SINGLE', parallelChannels: 2 },
      [['parallelChannels']],
    ],
  ])('%s', (_, more, paths) => {
    expect(checkTemplate(alert(more)).map(({ path }) => path)).toEqual(paths);
  });
});

describe('a plan', () => {
  it('is divided into as many lines as the template wants, the best route first', () => {
    const divided = divide(decision(['RCS', 'EMAIL', 'SMS']), alert());
    expect(divided).toMatchObject({ strategy: 'PARALLEL', lineCount: 2 });
    expect(primaryChannelOf(divided)).toBe('RCS');
  });

  it('has one line where it has one route, and then there is no copy to choose from', () => {
    const divided = divide(decision(['EMAIL']), alert());
    expect(divided).toMatchObject({ strategy: 'PARALLEL', lineCount: 1 });
    expect(primaryChannelOf(divided)).toBeNull();
  });

  it('stays as it is for all others', () => {
    const whole = decision(['RCS', 'SMS']);
    expect(divide(whole, alert({ strategy: 'SINGLE' }))).toBe(whole);
    expect(primaryChannelOf(whole)).toBeNull();
  });
});
