// What the API shows of a campaign's people, read page by page to the end.
import { expect } from '@jest/globals';
import type { Campaigns } from './campaigns.ts';
import type { Answer } from './people.ts';

/** To whom the campaign's messages go, in their order. */
export async function recipientsOf(
  campaigns: Campaigns,
  id: string,
  first = 100,
): Promise<string[]> {
  const fields = 'recipient { id } campaign { id }';
  const nodes = await nodesOf(campaigns, id, `messages(first: ${first}, after: $after)`, fields);
  for (const { campaign } of nodes) expect(campaign).toEqual({ id });
  return nodes.map(({ recipient }) => recipient.id as string);
}

export function refusalsOf(
  campaigns: Campaigns,
  id: string,
  first = 100,
): Promise<Answer['data'][]> {
  const fields = 'recipient { id } code reason';
  return nodesOf(campaigns, id, `refusals(first: ${first}, after: $after)`, fields);
}

async function nodesOf(
  campaigns: Campaigns,
  id: string,
  list: string,
  fields: string,
): Promise<Answer['data'][]> {
  const nodes: Answer['data'][] = [];
  let after: string | null = null;
  for (;;) {
    const { data, errors }: Answer = await campaigns.ask(
      `query ($id: ID!, $after: String) { campaign(id: $id) { list: ${list} {
         edges { node { ${fields} } } pageInfo { hasNextPage endCursor } } } }`,
      { id, after },
    );
    expect(errors).toBeUndefined();
    const { edges, pageInfo } = data.campaign.list;
    nodes.push(...edges.map(({ node }: Answer['data']) => node));
    if (!pageInfo.hasNextPage) return nodes;
    after = pageInfo.endCursor as string;
  }
}
