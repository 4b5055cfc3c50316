// A template: canonical content in several locales, its variables, and the rules that its messages inherit.
import type { Strategy } from '../../../schema/vocabulary-templates.ts';
import type {
  Channel,
  Mask,
  MessageType,
  Purpose,
  Sensitivity,
  SuccessRule,
  UncertainOutcome,
  VariableKind,
} from '../../../schema/vocabulary.ts';

export interface TemplateVariable {
  readonly name: string;
  readonly kind: VariableKind;
  readonly required: boolean;
  /** Never in a CLEAR rendering: it travels in the envelope, or its mask stands for it. */
  readonly sensitive: boolean;
  readonly mask: Mask;
  /** The longest value that a message may give; VALUE_CHARACTERS_MAX where null or left out. */
  readonly charactersMax?: number | null;
}

/** A tap. `url` opens a page; without it the tap answers with the action's id. */
export interface TemplateAction {
  readonly id: string;
  readonly label: string;
  readonly url: string | null;
}

/** The content in one locale. `{{name}}` stands for a variable. */
export interface LocalizedContent {
  /** BCP 47, such as `en` or `de-CH`. */
  readonly locale: string;
  readonly title: string | null;
  readonly body: string;
  /** Shorter text for SMS; the body where null. */
  readonly smsText: string | null;
  /** What ENVELOPE and LINK_ONLY show beside the link: no variables, no personal data. */
  readonly neutralText: string;
  readonly actions: readonly TemplateAction[];
}

export interface Template {
  readonly name: string;
  readonly type: MessageType;
  readonly purpose: Purpose;
  readonly sensitivity: Sensitivity;
  readonly channels: readonly Channel[];
  /** The first one is the fallback of all others. */
  readonly locales: readonly LocalizedContent[];
  readonly variables: readonly TemplateVariable[];
  readonly success: SuccessRule;
  readonly uncertainOutcome: UncertainOutcome;
  /** Seconds to wait for a receipt before the next route; the message type's default where null. */
  readonly receiptWindowSeconds: number | null;
  /** Seconds after which a message is not sent any more; the message type's default where null. */
  readonly expirySeconds: number | null;
  /** SINGLE where left out. */
  readonly strategy?: Strategy;
  /** How many channels PARALLEL takes at once; two where null or left out. */
  readonly parallelChannels?: number | null;
}

/** What is wrong, and where: the path into the input, from the outside in. */
export interface Finding {
  readonly path: readonly string[];
  readonly sentence: string;
}

export const TEMPLATE_NAME = /^[a-z][a-z0-9_]{1,63}$/;
export const LOCALES_MAX = 50;
export const VARIABLES_MAX = 50;
export const ACTIONS_MAX = 4;
/** Google RBM's limits (card title 200, description 2,000, suggestion 25): the narrowest of the rich channels. */
export const TITLE_CHARACTERS_MAX = 200;
export const BODY_CHARACTERS_MAX = 2_000;
export const LABEL_CHARACTERS_MAX = 25;
/** Ten segments of GSM-7. */
export const SMS_CHARACTERS_MAX = 1_530;
export const RECEIPT_WINDOW_SECONDS = { min: 10, max: 120 } as const;
/** More copies than that help nobody, and each costs. */
export const PARALLEL_CHANNELS = { min: 2, max: 3 } as const;
export const EXPIRY_SECONDS = { min: 30, max: 7 * 86_400 } as const;

const VARIABLE_NAME = /^[a-z][a-z0-9_]{0,39}$/;
const LOCALE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
/** The space around a name is trimmed afterwards: within the pattern it would make it backtrack for hours. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

export const NOT_STORABLE = 'It holds a NUL or half a character.';

/** Whether PostgreSQL keeps a text as it is: it takes no NUL, and replaces half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** Where a text's placeholders stand, in UTF-16 units, and which names they use. */
export function placesOf(text: string): { name: string; offset: number; length: number }[] {
  return [...text.matchAll(PLACEHOLDER)].map(({ 0: whole, 1: name = '', index }) => ({
    name: name.trim(),
    offset: index,
    length: whole.length,
  }));
}

/** The names that a text's placeholders use, each once. */
export function placeholdersOf(text: string): string[] {
  return [...new Set(placesOf(text).map(({ name }) => name))];
}

/** Replaces each placeholder by what `valueOf` gives for its name. */
export function fillPlaceholders(text: string, valueOf: (name: string) => string): string {
  return text.replace(PLACEHOLDER, (_, name: string) => valueOf(name.trim()));
}

/** Everything that is wrong with a template's definition; empty when it can be stored. */
export function checkTemplate(template: Template): Finding[] {
  const findings: Finding[] = [];
  const expect = (holds: boolean, path: readonly string[], sentence: string): void => {
    if (!holds) findings.push({ path, sentence });
  };
  expect(TEMPLATE_NAME.test(template.name), ['name'], 'A name has 2 to 64 of a-z, 0-9 and _.');
  expect(template.channels.length > 0, ['channels'], 'At least one channel is needed.');
  expect(
    template.locales.length > 0 && template.locales.length <= LOCALES_MAX,
    ['locales'],
    `From 1 to ${LOCALES_MAX} locales are needed.`,
  );
  expect(
    template.variables.length <= VARIABLES_MAX,
    ['variables'],
    `At most ${VARIABLES_MAX} variables are allowed.`,
  );
  expect(
    (template.purpose === 'MARKETING') === (template.type === 'MARKETING'),
    ['purpose'],
    'Type MARKETING and purpose MARKETING go together.',
  );
  expectWithin(
    template.receiptWindowSeconds,
    RECEIPT_WINDOW_SECONDS,
    'receiptWindowSeconds',
    expect,
  );
  expectWithin(template.expirySeconds, EXPIRY_SECONDS, 'expirySeconds', expect);
  checkStrategy(template, expect);
  const names = template.variables.map((variable) => variable.name);
  expect(new Set(names).size === names.length, ['variables'], 'Each variable is declared once.');
  for (const { name, charactersMax } of template.variables) {
    const at = ['variables', name];
    expect(VARIABLE_NAME.test(name), at, 'A variable has up to 40 of a-z, 0-9, _.');
    const sized = charactersMaxOf({ charactersMax });
    const within = sized >= 1 && sized <= VALUE_CHARACTERS_MAX;
    expect(within, at, `A value has 1 to ${VALUE_CHARACTERS_MAX} characters at the most.`);
  }
  const locales = template.locales.map((content) => content.locale);
  expect(new Set(locales).size === locales.length, ['locales'], 'Each locale is given once.');
  for (const content of template.locales) checkContent(content, new Set(names), expect);
  return findings;
}

type Expect = (holds: boolean, path: readonly string[], sentence: string) => void;

/** Several copies of one message are for what must be seen now. */
function checkStrategy(
  { strategy, parallelChannels = null, type, channels }: Template,
  expect: Expect,
): void {
  const { min, max } = PARALLEL_CHANNELS;
  const count = parallelChannels ?? min;
  const sized = `From ${min} to ${max} channels go at once, where the strategy is PARALLEL.`;
  if (strategy !== 'PARALLEL') {
    expect(parallelChannels === null, ['parallelChannels'], sized);
    return;
  }
  expect(type === 'ALERT', ['strategy'], 'Only an ALERT goes several ways at once.');
  expect(count >= min && count <= max, ['parallelChannels'], sized);
  expect(channels.length >= count, ['channels'], `At least ${count} channels are needed.`);
}

function expectWithin(
  value: number | null,
  bounds: { min: number; max: number },
  field: string,
  expect: Expect,
): void {
  const holds = value === null || (value >= bounds.min && value <= bounds.max);
  expect(holds, [field], `It must lie between ${bounds.min} and ${bounds.max} seconds.`);
}

function checkContent(content: LocalizedContent, names: ReadonlySet<string>, expect: Expect): void {
  const at = (...path: string[]): string[] => ['locales', content.locale, ...path];
  expect(
    LOCALE.test(content.locale),
    at('locale'),
    'A locale is a BCP 47 tag such as en or de-CH.',
  );
  const texts: [string, string | null, number][] = [
    ['title', content.title, TITLE_CHARACTERS_MAX],
    ['body', content.body, BODY_CHARACTERS_MAX],
    ['smsText', content.smsText, SMS_CHARACTERS_MAX],
    ['neutralText', content.neutralText, SMS_CHARACTERS_MAX],
  ];
  for (const [field, text, charactersMax] of texts) {
    if (text === null) continue;
    expect(text.trim() !== '', at(field), 'It is empty.');
    expect(isStorable(text), at(field), NOT_STORABLE);
    expect(
      text.length <= charactersMax,
      at(field),
      `It is longer than ${charactersMax} characters.`,
    );
    for (const name of placeholdersOf(text)) {
      expect(names.has(name), at(field), `It uses {{${name}}}, which is not declared.`);
    }
  }
  expect(
    placeholdersOf(content.neutralText).length === 0,
    at('neutralText'),
    'The neutral text is read by everybody on the way and takes no variables.',
  );
  expect(content.actions.length <= ACTIONS_MAX, at('actions'), `At most ${ACTIONS_MAX} actions.`);
  for (const action of content.actions) {
    const labelled = action.label.trim() !== '' && action.label.length <= LABEL_CHARACTERS_MAX;
    expect(
      labelled,
      at('actions', action.id),
      `A label has 1 to ${LABEL_CHARACTERS_MAX} characters.`,
    );
    const reachable = action.url === null || action.url.startsWith('https://');
    expect(reachable, at('actions', action.id), 'A link starts with https://.');
    const texts = [action.id, action.label, action.url ?? ''];
    expect(
      texts.every((text) => isStorable(text) && placeholdersOf(text).length === 0),
      at('actions', action.id),
      'An action is the same for everybody and takes no variables.',
    );
  }
}

export type Variables = ReadonlyMap<string, string>;

/** Characters of one value at the most: what fits a card's body beside its words. */
export const VALUE_CHARACTERS_MAX = 500;

/** Characters that a value of this variable may have. */
export function charactersMaxOf({
  charactersMax,
}: Pick<TemplateVariable, 'charactersMax'>): number {
  return charactersMax ?? VALUE_CHARACTERS_MAX;
}

/** What is wrong with the values given for a template; empty when it can be rendered. */
export function checkVariables(template: Template, values: Variables): Finding[] {
  const findings: Finding[] = [];
  const declared = new Map(template.variables.map((variable) => [variable.name, variable]));
  for (const variable of template.variables) {
    if (variable.required && !values.has(variable.name)) {
      findings.push({
        path: [variable.name],
        sentence: `The variable ${variable.name} is missing.`,
      });
    }
  }
  for (const [name, value] of values) {
    const variable = declared.get(name);
    const wrong = variable === undefined ? 'is not declared' : problemOf(variable, value);
    if (wrong !== null) findings.push({ path: [name], sentence: `The variable ${name} ${wrong}.` });
  }
  return findings;
}

function problemOf(variable: TemplateVariable, value: string): string | null {
  const { kind } = variable;
  const charactersMax = charactersMaxOf(variable);
  if (value.length > charactersMax) return `has more than ${charactersMax} characters`;
  if (kind === 'NUMBER' && !/^-?\d+([.,]\d+)*$/.test(value)) return 'is not a number';
  if (kind === 'URL' && !/^https:\/\/[^\s]+$/.test(value)) return 'is not an https address';
  return null;
}

/** The content for a wanted locale: exact, then its language, then the template's first. */
export function contentFor(template: Template, wanted: string): LocalizedContent {
  const language = wanted.split('-')[0];
  const found =
    template.locales.find((content) => content.locale === wanted) ??
    template.locales.find((content) => content.locale === language) ??
    template.locales.find((content) => content.locale.split('-')[0] === language) ??
    template.locales[0];
  if (found === undefined) throw new TypeError('a template has at least one locale');
  return found;
}
