// A browser that opens a secure link: it keeps the link's cookie, and posts the forms that a page has.
import supertest from 'supertest';

/** What the secure pages answer. */
export type PageAnswer = supertest.Response;

export interface SecureBrowser {
  readonly path: string;
  /** What it keeps of the link, as it sends it; empty before the first page. */
  cookie: string;
  /** The token of the last page's form. */
  form: string;
  look(headers?: Record<string, string>): Promise<PageAnswer>;
  /** Asks for a code. */
  ask(headers?: Record<string, string>): Promise<PageAnswer>;
  /** Types a code in. */
  type(code: string, headers?: Record<string, string>): Promise<PageAnswer>;
}

/** An empty header is one that is not sent. */
const given = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));

let browsers = 0;

/** Each has an address of its own behind the proxy. url: where the platform is reached. link: as it was sent, whose origin the browser shows. */
export function secureBrowser(url: string, link: string): SecureBrowser {
  const { pathname: path, origin } = new URL(link);
  const request = supertest(url);
  browsers += 1;
  const from = { 'x-forwarded-for': `198.51.${browsers >> 8}.${browsers & 255}` };
  const took = (answer: PageAnswer): PageAnswer => {
    const cookie = answer.get('set-cookie')?.[0]?.split(';', 1)[0];
    if (cookie !== undefined) browser.cookie = cookie;
    browser.form = /name="form" value="([^"]+)"/.exec(answer.text)?.[1] ?? browser.form;
    return answer;
  };
  const post = async (fields: object, headers: Record<string, string>): Promise<PageAnswer> =>
    took(
      await request
        .post(path)
        .type('form')
        .set(given({ cookie: browser.cookie, origin, ...from, ...headers }))
        .send({ form: browser.form, ...fields }),
    );
  const browser: SecureBrowser = {
    path,
    cookie: '',
    form: '',
    look: async (headers = {}) =>
      took(await request.get(path).set(given({ cookie: browser.cookie, ...from, ...headers }))),
    ask: (headers = {}) => post({ deed: 'send' }, headers),
    type: (code, headers = {}) => post({ deed: 'open', code }, headers),
  };
  return browser;
}

/** The secure link in a text. */
export function linkIn(text: string): string {
  const [link] = /https?:\/\/\S+\/l\/[\w.-]+/.exec(text) ?? [];
  if (link === undefined) throw new Error('there is no link');
  return link;
}
