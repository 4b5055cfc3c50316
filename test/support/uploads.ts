// Uploads over a real socket for tests: sent as a client would, and the answer read line by line.
import type { Readable } from 'node:stream';
import { request as send } from 'undici';
import { createHttpServer } from '../../platform/http-server.ts';
import type { Log } from '../../platform/log.ts';
import type { Principal } from '../../platform/principal.ts';
import type { Upload } from '../../platform/upload.ts';

/** Serves one upload to whoever `caller` says is calling. */
export async function serveUpload(upload: Upload, log: Log, caller: () => Principal) {
  const server = createHttpServer({
    routes: [],
    listeners: {
      [upload.path]: (request, response) =>
        upload.handle({ principal: caller(), request, response }),
    },
    readiness: {},
    log,
    newId: () => 'incident',
  });
  const url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}${upload.path}`;
  return {
    url,
    /** The lines of the answer, and the last one, which counts them. */
    async send(body: string | Readable, type = 'application/x-ndjson', query = '') {
      const headers = { 'content-type': type };
      const answer = await send(`${url}${query}`, { method: 'POST', body, headers });
      const text = (await answer.body.text()).trim();
      const lines = text === '' ? [] : text.split('\n').map((line) => JSON.parse(line));
      return { status: answer.statusCode, rows: lines.slice(0, -1), last: lines.at(-1) };
    },
    close: () => server.close(0),
  };
}
