// An SMS of canonical content: the short text, and the secure link where there is one.
import type { Content } from '../content.ts';

export function renderSms(content: Content): { channel: 'SMS'; text: string } {
  const text = content.link === null ? content.smsText : `${content.smsText} ${content.link}`;
  return { channel: 'SMS', text };
}
