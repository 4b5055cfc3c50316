// What would be sent of a template, on each channel and under each protection: the renderings, and nothing else.
import { protectionsOf, type Channel, type Protection } from '../../../schema/vocabulary.ts';
import { contentOn, sealedContent, type Content } from './content.ts';
import { disclosed, sentencesFor, type Disclosure } from './disclosure.ts';
import { renderEmail, type RenderedEmail } from './render/email.ts';
import { renderIMessage, type RenderedIMessage } from './render/imessage.ts';
import { renderPush, type RenderedPush } from './render/push.ts';
import { renderRcs } from './render/rcs.ts';
import { renderSms } from './render/sms.ts';
import { rankProtections } from './sensitivity.ts';
import { contentFor, type Template, type Variables } from './template.ts';

export type Rendered =
  | ReturnType<typeof renderRcs>
  | ReturnType<typeof renderSms>
  | RenderedEmail
  | RenderedIMessage
  | RenderedPush;

export interface Rendering {
  readonly channel: Channel;
  readonly protection: Protection;
  readonly content: Rendered;
  /** What an envelope holds; null where there is none. */
  readonly inside: ReturnType<typeof sealedContent> | null;
}

export interface Preview {
  /** The locale whose texts were taken. */
  readonly locale: string;
  readonly renderings: readonly Rendering[];
}

interface PreviewRequest {
  readonly template: Template;
  readonly variables: Variables;
  readonly locale: string;
  /** Of the reader; null: not known. */
  readonly region: string | null;
  readonly disclosures: readonly Disclosure[];
  /** All that the template may use where null. */
  readonly protection: Protection | null;
  /** Channels whose provider offers the channel's own end-to-end encryption. */
  readonly nativeE2ee: ReadonlySet<Channel>;
  /** Stand in for what a message has once it is accepted. */
  readonly messageId: string;
  readonly link: string;
  readonly unsubscribeUrl: string;
}

type Renderer = (content: Content, request: PreviewRequest, protection: Protection) => Rendered;

/** Channels whose renderer is missing are left out of a preview. */
const renderers: Partial<Record<Channel, Renderer>> = {
  RCS: (content, { messageId }) => renderRcs(content, messageId),
  SMS: (content) => renderSms(content),
  IMESSAGE: (content, { messageId }) => renderIMessage(content, messageId),
  EMAIL: (content, { template, locale, unsubscribeUrl }) =>
    renderEmail(content, {
      locale: contentFor(template, locale).locale,
      unsubscribeUrl: template.purpose === 'MARKETING' ? unsubscribeUrl : null,
    }),
  PUSH: (content, _, protection) => renderPush(content, { isSealed: protection === 'ENVELOPE' }),
};

/** In the template's order of channels; the protections of each, best first. */
export function previewOf(request: PreviewRequest): Preview {
  const { template, variables, locale } = request;
  const sensitive = template.variables.some((rule) => rule.sensitive && variables.has(rule.name));
  const protections = rankProtections(template.sensitivity, sensitive).filter(
    (protection) => request.protection === null || protection === request.protection,
  );
  const renderings = template.channels.flatMap((channel) => {
    const render = renderers[channel];
    if (render === undefined) return [];
    return protections
      .filter((protection) => protectionsOf[channel].includes(protection))
      .filter((protection) => protection !== 'NATIVE_E2EE' || request.nativeE2ee.has(channel))
      .map((protection): Rendering => {
        const sentences = sentencesFor(request.disclosures, {
          region: request.region,
          channel,
          purpose: template.purpose,
          locale: contentFor(template, locale).locale,
        });
        const full = disclosed(contentOn(protection, request), sentences);
        const content = render(full, request, protection);
        const inside =
          protection === 'ENVELOPE' ? sealedContent(template, variables, locale) : null;
        return { channel, protection, content, inside };
      });
  });
  return { locale: contentFor(template, locale).locale, renderings };
}
