// The questions of messages, connected as parts.ts connects them.
import { askConsent } from '../../subgraphs/consent/gate.ts';
import type { MessagePorts } from '../../subgraphs/messages/ports.ts';
import { createRecipientFacts } from '../../subgraphs/recipients/facts.ts';
import { findAudience } from '../../subgraphs/recipients/find-audience.ts';

export const messagePorts = (deps: Parameters<typeof createRecipientFacts>[0]): MessagePorts => ({
  recipientFacts: createRecipientFacts(deps),
  audience: findAudience,
  consent: askConsent,
});
