// A template that can be sent, for tests that change the one thing they are about.
import type { LocalizedContent, Template } from '../../subgraphs/messages/domain/template.ts';

export function localized(more: Partial<LocalizedContent> = {}): LocalizedContent {
  return {
    locale: 'en',
    title: 'Your order',
    body: 'Order {{order}} is on its way.',
    smsText: null,
    neutralText: 'You have a new message.',
    actions: [],
    ...more,
  };
}

export function template(more: Partial<Template> = {}): Template {
  return {
    name: 'order_sent',
    type: 'NOTIFICATION',
    purpose: 'TRANSACTIONAL',
    sensitivity: 'LOW',
    channels: ['RCS', 'SMS'],
    locales: [localized()],
    variables: [{ name: 'order', kind: 'TEXT', required: true, sensitive: false, mask: 'HIDDEN' }],
    success: 'DELIVERED',
    uncertainOutcome: 'HOLD',
    receiptWindowSeconds: null,
    expirySeconds: null,
    ...more,
  };
}
