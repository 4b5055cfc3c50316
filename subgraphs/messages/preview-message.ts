// Shows what a template would send, with values that are neither kept nor logged. Nothing is written.
import { publicId } from '../../schema/ids.ts';
import type { Protection } from '../../schema/vocabulary.ts';
import type { MessagesContext } from './context.ts';
import { regionOf } from './domain/lint/texts.ts';
import { previewOf, type Preview } from './domain/preview.ts';
import { checkVariables } from './domain/template.ts';
import { refusalsOf, refuse, refuseOne, type Result } from './refusal.ts';

export interface PreviewInput {
  /** UUID; null where the given id is not one. */
  readonly templateId: string | null;
  readonly variables: readonly { readonly name: string; readonly value: string }[];
  /** The template's first where null. */
  readonly locale: string | null;
  readonly protection: Protection | null;
  /** Of the reader; that of the locale where null. */
  readonly region: string | null;
}

const NO_MESSAGE = publicId('message', '00000000-0000-0000-0000-000000000000');
/** As long as the rest of a real link token, so that segments are counted right. */
const NO_TOKEN = '0'.repeat(27);

export async function previewMessage(
  deps: Pick<MessagesContext, 'database' | 'policies' | 'loaders' | 'settings' | 'providers'>,
  { templateId, variables, locale, protection, region }: PreviewInput,
): Promise<Result<Preview>> {
  const { database, policies, loaders, settings, providers } = deps;
  const row = templateId === null ? null : await loaders.template.load(templateId);
  if (row === null) return refuseOne('NOT_FOUND', ['templateId'], 'There is no such template.');
  const template = row.content;
  const values = new Map(variables.map(({ name, value }) => [name, value]));
  if (values.size < variables.length) {
    return refuseOne('INVALID_INPUT', ['variables'], 'Each variable is given once.');
  }
  const problems = checkVariables(template, values);
  if (problems.length > 0) {
    return refuse(refusalsOf('VARIABLES_INVALID', 'variables', problems));
  }
  const native = [...providers.values()].filter(({ nativeE2ee }) => nativeE2ee);
  const { disclosures } = await policies.inForce(database, row.tenantId);
  const asked = locale ?? template.locales[0]?.locale ?? '';
  const value = previewOf({
    template,
    variables: values,
    locale: asked,
    region: region ?? regionOf(asked),
    disclosures,
    protection,
    nativeE2ee: new Set(native.map(({ channel }) => channel)),
    messageId: NO_MESSAGE,
    link: `${settings.linkBaseUrl}/l/${NO_MESSAGE}.${NO_TOKEN}`,
    unsubscribeUrl: `${settings.linkBaseUrl}/u/${row.tenantId}/${NO_TOKEN}`,
  });
  return { ok: true, value };
}
