// A page for people to try the API in development: one file, nothing loaded from elsewhere.

export const explorerPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Parley GraphQL</title>
<style>
  body { font: 14px/1.4 system-ui, sans-serif; margin: 0; display: grid; height: 100vh;
    grid: auto 3fr 1fr / 1fr 1fr; gap: 8px; padding: 8px; box-sizing: border-box; }
  header { grid-column: 1 / 3; display: flex; gap: 8px; align-items: center; }
  input { flex: 1; } textarea, pre, input { font: 13px/1.4 ui-monospace, monospace; padding: 8px;
    border: 1px solid #999; border-radius: 4px; margin: 0; box-sizing: border-box; }
  pre { grid-row: 2 / 4; grid-column: 2; overflow: auto; white-space: pre-wrap; }
</style>
<header>
  <b>Parley GraphQL</b>
  <input id="token" type="password" placeholder="Token" autocomplete="off">
  <button id="run">Run (Ctrl+Enter)</button>
  <button id="stop" disabled>Stop</button>
</header>
<textarea id="query" spellcheck="false">{ __schema { queryType { fields { name description } } } }</textarea>
<textarea id="variables" spellcheck="false">{}</textarea>
<pre id="result"></pre>
<script>
  const part = (id) => document.getElementById(id);
  let running = null;
  const show = (text) => { part('result').textContent = text; };
  const pretty = (text) => { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } };

  async function readEvents(body) {
    const decoder = new TextDecoder();
    let rest = '';
    const results = [];
    for await (const bytes of body) {
      rest += decoder.decode(bytes, { stream: true });
      const events = rest.split('\\n\\n');
      rest = events.pop();
      for (const event of events) {
        const data = /^event: next\\ndata: (.*)$/.exec(event);
        if (data) results.unshift(pretty(data[1]));
      }
      show(results.join('\\n'));
    }
  }

  async function run() {
    running?.abort();
    running = new AbortController();
    part('stop').disabled = false;
    show('...');
    try {
      const query = part('query').value;
      const accept = /^\\s*subscription\\b/m.test(query) ? 'text/event-stream' : 'application/json';
      const response = await fetch(location.pathname, {
        method: 'POST',
        signal: running.signal,
        headers: {
          accept,
          'content-type': 'application/json',
          authorization: 'Bearer ' + part('token').value.trim(),
        },
        body: JSON.stringify({ query, variables: JSON.parse(part('variables').value || '{}') }),
      });
      const streams = response.headers.get('content-type').startsWith('text/event-stream');
      if (streams) await readEvents(response.body);
      else show(pretty(await response.text()));
    } catch (error) {
      if (error.name !== 'AbortError') show(String(error));
    }
    part('stop').disabled = true;
  }

  part('run').addEventListener('click', run);
  part('stop').addEventListener('click', () => running?.abort());
  addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run();
  });
</script>
</html>
`;
