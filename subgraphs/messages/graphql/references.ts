// How other subgraphs' references to messages and templates are resolved.
import type { ReferenceResolver } from '../../../platform/subgraph.ts';
import { requireScope } from '../../../platform/principal.ts';
import { uuidOf } from '../../../schema/ids.ts';
import type { MessagesContext } from '../context.ts';
import { templateOf } from './template.resolver.ts';

export const messageReference: ReferenceResolver = async (
  { id },
  { principal, loaders }: MessagesContext,
) => {
  requireScope(principal, 'messages:read');
  const uuid = uuidOf('message', String(id));
  return uuid === null ? null : loaders.message.load(uuid);
};

export const templateReference: ReferenceResolver = async (
  { id },
  { principal, loaders }: MessagesContext,
) => {
  requireScope(principal, 'templates:read');
  const uuid = uuidOf('template', String(id));
  const row = uuid === null ? null : await loaders.template.load(uuid);
  return row === null ? null : templateOf(row);
};

export const campaignReference: ReferenceResolver = async (
  { id },
  { principal, loaders }: MessagesContext,
) => {
  requireScope(principal, 'campaigns:read');
  const uuid = uuidOf('campaign', String(id));
  return uuid === null ? null : loaders.campaign.load(uuid);
};
