// The life of templates on a real database: lint at submit, moves on record, and nobody else's versions.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { roleUrl } from '../../platform/migrate.ts';
import { deeds } from '../support/people.ts';
import { openTemplateDesk, type TemplateDesk } from '../support/template-desk.ts';
import { template } from '../support/templates.ts';

const ERRORS = '__typename ... on UserError { code path message }';
const FINDING = 'rule severity locale path position { offset length } message source';
const VERSION = `id state version findings { ${FINDING} } history { from state by at reason }`;

let desk: TemplateDesk;
beforeAll(async () => {
  desk = await openTemplateDesk();
});
afterAll(() => desk.close());
beforeEach(() => {
  desk.statements.length = 0;
});

const PROMOTING = template({
  name: 'promoting',
  locales: [
    {
      locale: 'en',
      title: null,
      body: 'Order {{order}} is on its way. Buy now: bit.ly/x',
      smsText: null,
      neutralText: 'You have a new message.',
      actions: [],
    },
  ],
});

async function created(
  input: object = template(),
  editor: Parameters<TemplateDesk['ask']>[2] = {},
  at = desk,
): Promise<string> {
  const { data, errors } = await at.ask(
    `mutation ($input: CreateTemplateInput!) {
       createTemplate(input: $input) { template { id } errors { ${ERRORS} } } }`,
    { input },
    editor,
  );
  expect(errors).toBeUndefined();
  expect(data.createTemplate.errors).toEqual([]);
  return data.createTemplate.template.id as string;
}

async function move(
  verb: 'submit' | 'approve' | 'reject' | 'retire',
  templateId: string,
  { reason = null, at = desk, ...editor }: Move = {},
) {
  const field = `${verb}Template`;
  const { data, errors } = await at.ask(
    `mutation ($input: MoveTemplateInput!) { ${field}(input: $input) {
       template { ${VERSION} }
       errors { ${ERRORS} ... on TemplateLintFailed { findings { ${FINDING} } } } } }`,
    { input: { templateId, reason } },
    editor,
  );
  expect(errors).toBeUndefined();
  return data[field];
}
type Move = { reason?: string | null; at?: TemplateDesk } & Parameters<TemplateDesk['ask']>[2];

const read = async (id: string, fields = VERSION, tenantId = 'acme') => {
  const answer = await desk.ask(
    `query ($id: ID!) { template(id: $id) { ${fields} } }`,
    { id },
    { tenantId },
  );
  expect(answer.errors).toBeUndefined();
  return answer.data.template;
};

describe('submitting a template', () => {
  it('with an error of the lint is refused with every finding, and nothing is written', async () => {
    const id = await created(PROMOTING);
    const { template: none, errors } = await move('submit', id);
    expect(none).toBeNull();
    expect(errors).toMatchObject([
      { __typename: 'TemplateLintFailed', code: 'TEMPLATE_LINT_FAILED', path: ['templateId'] },
    ]);
    expect(errors[0].findings).toMatchObject([
      { rule: 'promotional-words', severity: 'ERROR', position: { offset: 31, length: 7 } },
      { rule: 'link-shorteners', severity: 'ERROR', position: { offset: 40, length: 6 } },
      { rule: 'long-sms', severity: 'WARNING', position: null },
    ]);
    expect(await read(id)).toMatchObject({ state: 'DRAFT', history: [{ state: 'DRAFT' }] });
  });

  it('keeps the warnings with the version', async () => {
    const id = await created();
    const draft = await read(id);
    expect(draft.findings).toMatchObject([{ rule: 'long-sms', severity: 'WARNING', locale: 'en' }]);
    const submitted = await move('submit', id);
    expect(submitted).toMatchObject({ errors: [], template: { findings: draft.findings } });
    const owner = new Client({ connectionString: desk.machinery.url });
    await owner.connect();
    await owner.query(`update messages.template set findings = '[]' where name = 'order_sent'`);
    await owner.end();
    // What is read afterwards is what was kept, whatever today's rules would say.
    expect((await read(id)).findings).toEqual([]);
  });
});

describe('an editor', () => {
  const lint = (input: object, scopes = ['templates:read']) =>
    desk.ask(
      `query ($input: CreateTemplateInput!) { lintTemplate(input: $input) {
         findings { ${FINDING} } errors { code path } } }`,
      { input },
      { scopes },
    );

  it('is told what the lint says without a statement', async () => {
    const { data } = await lint(PROMOTING);
    expect(data.lintTemplate.findings).toHaveLength(3);
    expect(data.lintTemplate.errors).toEqual([]);
    expect(desk.statements).toEqual([]);
  });

  it('is told what keeps a template from being stored at all', async () => {
    const { data } = await lint(template({ channels: [] }));
    expect(data.lintTemplate).toEqual({
      findings: [],
      errors: [{ code: 'INVALID_INPUT', path: ['channels'] }],
    });
  });

  it('needs the right to read templates', async () => {
    const { errors } = await lint(PROMOTING, []);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('the history of a template', () => {
  it('names who moved it, when and why, from its creation to its end', async () => {
    const id = await created(template({ name: 'whole_life' }));
    desk.clock.time += 1_000;
    await move('submit', id, { reason: 'for Christmas', subject: 'user:bob' });
    await move('approve', id, { subject: 'user:eve' });
    const retired = await move('retire', id, { reason: 'Christmas is over', subject: 'user:eve' });
    expect(retired.errors).toEqual([]);
    const at = '2026-11-20T12:00:01.000Z';
    expect((await read(id)).history).toEqual([
      { from: null, state: 'DRAFT', by: 'user:ada', at: '2026-11-20T12:00:00.000Z', reason: null },
      { from: 'DRAFT', state: 'SUBMITTED', by: 'user:bob', at, reason: 'for Christmas' },
      { from: 'SUBMITTED', state: 'APPROVED', by: 'user:eve', at, reason: null },
      { from: 'APPROVED', state: 'RETIRED', by: 'user:eve', at, reason: 'Christmas is over' },
    ]);
  });

  it.each([
    ['reject', null],
    ['reject', '  '],
    ['retire', null],
    ['retire', 'x'.repeat(1_001)],
    ['submit', 'a\u0000b'],
  ] as const)('takes no %s with the reason %j', async (verb, reason) => {
    const id = await created(template({ name: 'reasons' }));
    if (verb !== 'submit') await move('submit', id);
    if (verb === 'retire') await move('approve', id);
    const before = (await read(id)).history;
    const { errors } = await move(verb, id, { reason });
    expect(errors).toMatchObject([{ code: 'INVALID_INPUT', path: ['reason'] }]);
    expect((await read(id)).history).toEqual(before);
  });

  it('cannot be changed or shortened by the program itself', async () => {
    await created(template({ name: 'kept' }));
    const client = new Client({ connectionString: roleUrl(desk.machinery.url, 'messages') });
    await client.connect();
    for (const sql of [
      `update messages.template_move set actor = 'nobody'`,
      'delete from messages.template_move',
    ]) {
      await expect(client.query(sql)).rejects.toThrow(/denied/);
    }
    await client.end();
  });

  it('costs one more statement for any number of versions, and none where nobody asks', async () => {
    const ids = [
      await created(template({ name: 'one' })),
      await created(template({ name: 'two' })),
    ];
    const fields = ids.map((id, n) => `t${n}: template(id: "${id}") { id history { state } }`);
    desk.statements.length = 0;
    const { data } = await desk.ask(`{ ${fields.join(' ')} }`);
    expect(data.t1.history).toHaveLength(1);
    expect(deeds(desk.statements)).toHaveLength(2);
    desk.statements.length = 0;
    await read(ids[0] ?? '', 'id findings { rule }');
    expect(deeds(desk.statements)).toHaveLength(1);
  });
});

describe('a move', () => {
  it('takes four statements whatever came before, and an approval one for the registrars', async () => {
    const id = await created(template({ name: 'counted' }));
    for (const verb of ['submit', 'approve', 'retire'] as const) {
      desk.statements.length = 0;
      const { data } = await desk.ask(
        `mutation ($input: MoveTemplateInput!) {
           ${verb}Template(input: $input) { template { state } errors { ${ERRORS} } } }`,
        { input: { templateId: id, reason: 'counting' } },
      );
      expect(data[`${verb}Template`].errors).toEqual([]);
      expect(deeds(desk.statements)).toHaveLength(verb === 'approve' ? 5 : 4);
    }
  });

  it('is refused from a state that does not lead there', async () => {
    const id = await created(template({ name: 'hasty' }));
    expect((await move('approve', id)).errors).toMatchObject([{ code: 'WRONG_STATE' }]);
    await move('submit', id);
    await move('reject', id, { reason: 'too long' });
    expect((await move('submit', id)).errors).toMatchObject([{ code: 'WRONG_STATE' }]);
  });

  it('of another tenant’s version finds nothing, and neither does reading it', async () => {
    const id = await created(template({ name: 'ours' }));
    const { errors } = await move('submit', id, { tenantId: 'globex' });
    expect(errors).toMatchObject([{ code: 'NOT_FOUND', path: ['templateId'] }]);
    expect(await read(id, 'id', 'globex')).toBeNull();
    expect(await read(id)).toMatchObject({ state: 'DRAFT' });
  });
});

describe('where four eyes are asked for', () => {
  let strict: TemplateDesk;
  beforeAll(async () => {
    strict = await openTemplateDesk('on');
  });
  afterAll(() => strict.close());

  it('whoever submitted a version does not approve it, and somebody else does', async () => {
    const id = await created(template(), {}, strict);
    await move('submit', id, { at: strict, subject: 'user:bob' });
    const own = await move('approve', id, { at: strict, subject: 'user:bob' });
    expect(own.errors).toMatchObject([{ code: 'WRONG_STATE', path: ['templateId'] }]);
    const other = await move('approve', id, { at: strict, subject: 'user:eve' });
    expect(other).toMatchObject({ errors: [], template: { state: 'APPROVED' } });
  });

  it('they may reject what they submitted', async () => {
    const id = await created(template(), {}, strict);
    await move('submit', id, { at: strict });
    const { errors } = await move('reject', id, { at: strict, reason: 'a typo' });
    expect(errors).toEqual([]);
  });
});
