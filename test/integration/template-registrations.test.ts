// Registrations of templates with carriers and providers: written down by whom, and a gate before the approval.
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { deeds } from '../support/people.ts';
import { openTemplateDesk, type TemplateDesk } from '../support/template-desk.ts';
import { template } from '../support/templates.ts';

const ERRORS = 'errors { ... on UserError { code path message } }';
const REGISTRATIONS = 'registrations { registrar state reference by at }';

let desk: TemplateDesk;
let templateId: string;
beforeAll(async () => {
  desk = await openTemplateDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  const { data } = await desk.ask(
    `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { template { id } } }`,
    { input: template() },
  );
  templateId = data.createTemplate.template.id;
});

const record = async (more: object = {}, editor: Parameters<TemplateDesk['ask']>[2] = {}) => {
  const { data } = await desk.ask(
    `mutation ($input: RecordTemplateRegistrationInput!) {
       recordTemplateRegistration(input: $input) { template { ${REGISTRATIONS} } ${ERRORS} } }`,
    { input: { templateId, registrar: 'india-dlt', state: 'PENDING', ...more } },
    editor,
  );
  return data.recordTemplateRegistration;
};
const move = async (verb: string, reason = 'a test') => {
  const { data } = await desk.ask(
    `mutation ($input: MoveTemplateInput!) {
       ${verb}Template(input: $input) { template { state } ${ERRORS} } }`,
    { input: { templateId, reason } },
  );
  return data[`${verb}Template`];
};

it('the last word of each registrar stands, with who wrote it down', async () => {
  await record({}, { subject: 'user:bob' });
  desk.clock.time += 60_000;
  await record({ registrar: 'twilio', state: 'APPROVED', reference: 'HX-1' });
  const { template: shown } = await record({ state: 'REJECTED', reference: '1107' });
  const at = new Date(desk.clock.time).toISOString();
  expect(shown.registrations).toEqual([
    { registrar: 'india-dlt', state: 'REJECTED', reference: '1107', by: 'user:ada', at },
    { registrar: 'twilio', state: 'APPROVED', reference: 'HX-1', by: 'user:ada', at },
  ]);
});

it.each(['PENDING', 'REJECTED'])('a version is not approved while one is %s', async (state) => {
  await record({ registrar: 'twilio', state: 'APPROVED' });
  await record({ state });
  await move('submit');
  expect(await move('approve')).toMatchObject({
    template: null,
    errors: [{ code: 'WRONG_STATE', message: `The registration with india-dlt is ${state}.` }],
  });
  await record({ state: 'APPROVED' });
  expect(await move('approve')).toEqual({ template: { state: 'APPROVED' }, errors: [] });
});

it.each<[string, object, string]>([
  ['a registrar in capitals', { registrar: 'DLT' }, 'registrar'],
  ['too long a reference', { reference: 'x'.repeat(256) }, 'reference'],
  ['a reference that cannot be stored', { reference: 'a\u0000' }, 'reference'],
])('%s is refused without a statement', async (_, more, field) => {
  desk.statements.length = 0;
  expect((await record(more)).errors).toMatchObject([{ code: 'INVALID_INPUT', path: [field] }]);
  expect(desk.statements).toEqual([]);
});

it('a version that was rejected is registered nowhere', async () => {
  await move('submit');
  await move('reject');
  expect((await record()).errors).toMatchObject([{ code: 'WRONG_STATE', path: ['templateId'] }]);
});

it('another tenant’s version is not found', async () => {
  const { errors } = await record({}, { tenantId: 'globex' });
  expect(errors).toMatchObject([{ code: 'NOT_FOUND', path: ['templateId'] }]);
});

it('a registration takes two statements, and the right to approve', async () => {
  desk.statements.length = 0;
  await desk.ask(
    `mutation ($input: RecordTemplateRegistrationInput!) {
       recordTemplateRegistration(input: $input) { template { id } } }`,
    { input: { templateId, registrar: 'twilio', state: 'PENDING' } },
  );
  expect(deeds(desk.statements)).toHaveLength(2);
  const { errors } = await desk.ask(
    `mutation ($input: RecordTemplateRegistrationInput!) {
       recordTemplateRegistration(input: $input) { template { id } } }`,
    { input: { templateId, registrar: 'twilio', state: 'APPROVED' } },
    { scopes: ['templates:write'] },
  );
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
