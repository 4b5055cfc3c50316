// Templates of a run: every type, sensitivity and policy that a seed may bring together.
import type { Channel } from '../../schema/vocabulary.ts';
import type { Template } from '../../subgraphs/messages/domain/template.ts';
import type { StoredTemplate } from '../../subgraphs/messages/store/find-template.ts';
import type { Random } from './random.ts';

const CHANNELS = ['RCS', 'SMS', 'EMAIL'] as const satisfies readonly Channel[];

/** It stands in no rendering that is in the clear, where the template calls it sensitive. */
export const SECRET = 'account 4711';

export function newTemplate(random: Random, id: string, name: string): StoredTemplate {
  const sensitivity = random.pick(['LOW', 'MEDIUM', 'HIGH'] as const);
  const channels = random.some(CHANNELS, 0.8);
  const type = random.pick(['OTP', 'ALERT', 'RECEIPT', 'NOTIFICATION', 'MARKETING'] as const);
  const isParallel = type === 'ALERT' && channels.length > 1 && random.chance(0.6);
  const content: Template = {
    name,
    type,
    purpose: 'TRANSACTIONAL',
    sensitivity,
    channels,
    strategy: isParallel ? 'PARALLEL' : 'SINGLE',
    parallelChannels: isParallel ? random.between(2, channels.length) : null,
    locales: [
      {
        locale: 'en',
        title: null,
        body: 'News of {{what}}.',
        smsText: null,
        neutralText: 'You have a message.',
        actions: [],
      },
    ],
    variables: [
      {
        name: 'what',
        kind: 'TEXT',
        required: true,
        sensitive: sensitivity !== 'LOW',
        mask: 'HIDDEN',
      },
    ],
    success: 'DELIVERED',
    uncertainOutcome: random.pick(['HOLD', 'RETRY'] as const),
    receiptWindowSeconds: random.between(10, 40),
    // Mostly short, so that a run sees the ends of its messages soon.
    expirySeconds: random.wait(30, 400),
  };
  return { id, name, version: 1, content };
}
