// Campaigns on a real database: a crowd of people, and workers that go step by step.
import { graphql, parse, subscribe } from 'graphql';
import { buildSubgraphs } from '../../parts.ts';
import { createMetrics } from '../../platform/metrics.ts';
import { defaultPace, type CampaignPace } from '../../subgraphs/messages/domain/campaign-pace.ts';
import { createMessages } from '../../subgraphs/messages/index.ts';
import { createWalk } from '../../subgraphs/messages/jobs/walk-campaigns.ts';
import { TemplateCache } from '../../subgraphs/messages/store/find-template.ts';
import { audiencesOf, permit, type Audience } from './audiences.ts';
import { openOutcomes, type Outcomes } from './campaign-outcomes.ts';
import { principalOf, type Answer, type Asker } from './people.ts';
import { scripted, startSending, type ScriptedProvider, type Sending } from './sending.ts';

const SCOPES = [
  'campaigns:read',
  'campaigns:write',
  'messages:read',
  'messages:send',
  'templates:read',
  'templates:write',
  'templates:approve',
];

const CAMPAIGN = `id name filter { region carrier channel { channel supported isReachable } } state pauseReason createdBy startedAt endedAt template { version }
  progress { seenCount acceptedCount refusedCount isEverybodySeen
    refusedBecause { code reason count } outcomes { status count } }`;

export const CREATE = `mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) {
  replayed campaign { ${CAMPAIGN} } errors { __typename ... on UserError { code path message } } } }`;

const PROGRESS = `subscription ($id: ID!, $after: String) { campaignProgress(id: $id, after: $after) {
  ... on CampaignChange { cursor campaign { state progress { seenCount acceptedCount } } }
  ... on StreamGap { resumeAfter } } }`;

export interface Campaigns extends Outcomes {
  readonly sending: Sending;
  readonly provider: ScriptedProvider;
  ask(document: string, variables?: object, asker?: Asker): Promise<Answer>;
  /** A crowd that a filter can name: the first ones permit what the template is for. Their public ids, in the order of
   *  registration. */
  audience(permitting: number, silent: number): Promise<Audience>;
  permit(ids: readonly string[], action: 'GRANTED' | 'WITHDRAWN'): Promise<void>;
  /** Creates a campaign of the template `offer` and answers its public id. Throws what is refused. */
  create(input?: object, asker?: Asker): Promise<string>;
  move(deed: 'pause' | 'resume' | 'cancel', id: string, asker?: Asker): Promise<Answer['data']>;
  campaign(id: string, asker?: Asker): Promise<Answer['data']>;
  follow(id: string, after?: string | null, asker?: Asker): Promise<AsyncGenerator<Answer>>;
  /** One step of each campaign that is due, by a worker of its own. True when there was one. */
  step(pace?: Partial<CampaignPace>): Promise<boolean>;
  /** Steps until everybody was seen, or nothing is due. */
  walk(pace?: Partial<CampaignPace>): Promise<void>;
  /** What waits for its time is due now. */
  hasten(): Promise<void>;
  /** A worker hands over all that is due. */
  sendAll(): Promise<void>;
  /** Puts an approved version of a template there. */
  approve(over?: object, asker?: Asker): Promise<void>;
}

export const OFFER = {
  name: 'offer',
  type: 'RECEIPT',
  purpose: 'TRANSACTIONAL',
  sensitivity: 'LOW',
  channels: ['SMS'],
  locales: [{ locale: 'en', body: '{{what}} is new.', neutralText: 'Something is new.' }],
  variables: [{ name: 'what' }],
};

export async function openCampaigns(): Promise<Campaigns> {
  const provider = scripted('sms', 'SMS');
  const sending = await startSending([provider]);
  const { deps } = sending;
  const part = createMessages({ ...deps, metrics: createMetrics({ withProcess: false }) });
  const { schema } = buildSubgraphs().messages;
  const contextOf = (asker: Asker = {}) =>
    part.contextFor(principalOf({ scopes: SCOPES, ...asker }));
  part.start?.();
  const delivery = await openOutcomes(sending, provider);
  const ask: Campaigns['ask'] = async (source, variableValues = {}, asker = {}) =>
    (await graphql({
      schema,
      source,
      variableValues: { ...variableValues },
      contextValue: contextOf(asker),
    })) as Answer;
  const data = async (source: string, variables: object, asker?: Asker) => {
    const answer = await ask(source, variables, asker);
    if (answer.errors !== undefined) throw new Error(JSON.stringify(answer.errors));
    return answer.data;
  };
  const approve: Campaigns['approve'] = async (over = {}, asker) => {
    const { createTemplate } = await data(
      `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { template { id } } }`,
      { input: { ...OFFER, ...over } },
      asker,
    );
    await data(
      `mutation ($input: MoveTemplateInput!) { submitTemplate(input: $input) { errors { __typename } }
         approveTemplate(input: $input) { errors { __typename } } }`,
      { input: { templateId: createTemplate.template.id } },
      asker,
    );
  };
  await approve();
  const step: Campaigns['step'] = (pace = {}) =>
    createWalk({ ...deps, pace: { ...defaultPace, ...pace } }, new TemplateCache())();
  let keys = 0;
  const base = { name: 'Autumn', template: 'offer', filter: {} };
  return {
    sending,
    provider,
    ask,
    approve,
    audience: audiencesOf(sending),
    permit: (ids, action) => permit(sending, ids, action),
    async create(input = {}, asker) {
      keys += 1;
      const variables = [{ name: 'what', value: 'Everything' }];
      const whole = { ...base, variables, idempotencyKey: `campaign-${keys}`, ...input };
      const { createCampaign } = await data(CREATE, { input: whole }, asker);
      if (createCampaign.campaign === null) throw new Error(JSON.stringify(createCampaign.errors));
      return createCampaign.campaign.id as string;
    },
    move: async (deed, id, asker) => {
      const field = `${deed}Campaign`;
      const document = `mutation ($input: MoveCampaignInput!) { ${field}(input: $input) {
        replayed campaign { state } errors { __typename ... on UserError { code } } } }`;
      return (await data(document, { input: { campaignId: id } }, asker))[field];
    },
    campaign: async (id, asker) =>
      (await data(`query ($id: ID!) { campaign(id: $id) { ${CAMPAIGN} } }`, { id }, asker))
        .campaign,
    async follow(id, after = null, asker) {
      const stream = await subscribe({
        schema,
        document: parse(PROGRESS),
        variableValues: { id, after },
        contextValue: contextOf(asker),
      });
      if (Symbol.asyncIterator in stream) return stream as AsyncGenerator<Answer>;
      throw stream.errors?.[0] ?? new Error('no stream');
    },
    step,
    async walk(pace) {
      while (await step(pace));
    },
    hasten: async () => {
      await sending.people.sql(`update messages.task set due_at = now() where lane = 'campaign'`);
    },
    async sendAll() {
      const worker = sending.worker();
      while ((await worker.round(provider)).handedOver > 0);
    },
    ...delivery,
    close: async () => {
      await delivery.close();
      await part.close();
      await sending.close();
    },
  };
}
