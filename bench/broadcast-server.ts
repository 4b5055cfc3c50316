// The reference of B4: a bare WebSocket server that sends one prepared string to everybody.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const { port, size } = JSON.parse(process.argv[2] ?? '{}') as { port: number; size: number };
const text = 'x'.repeat(size);
const http = createServer((request, response) => {
  const events = Number(new URL(request.url ?? '/', 'http://here').searchParams.get('events'));
  for (let event = 0; event < events; event += 1) {
    for (const client of sockets.clients) client.send(text);
  }
  response.end('{}');
});
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
http.listen(port, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port })}\n`));
process.once('SIGTERM', () => process.exit(0));
