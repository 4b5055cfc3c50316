// One connection to an SMSC over real sockets: framing, answers, and every way in which it ends.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
} from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import { PDU } from 'smpp';
import { Connection, type Endpoint, type Frame } from '../../../../providers/smpp/connection.ts';
import { certificate, der, extension, pem } from '../../../support/certificates.ts';

const HEADER_BYTES = 16;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serving(server: Server): Promise<number> {
  server.on('connection', (socket: Socket) => closing.push(() => socket.destroy()));
  closing.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A server that is told what to do with each request. */
const smsc = (onRequest: (request: PDU, socket: Socket) => void): Promise<number> =>
  serving(createServer((socket) => answering(socket, onRequest)));

function answering(socket: Socket, onRequest: (request: PDU, socket: Socket) => void): void {
  socket.on('error', () => undefined);
  socket.on('data', (bytes: Buffer) => onRequest(new PDU(bytes), socket));
}

const patience = () => AbortSignal.timeout(5_000);

async function opened(port: number, over: Partial<Endpoint> = {}, seen: Frame[] = []) {
  const endpoint = { host: '127.0.0.1', port, tls: false, ...over };
  const connection = await Connection.open(endpoint, (frame) => seen.push(frame), patience());
  closing.push(() => connection.destroy());
  return connection;
}

const enquire = (connection: Connection) => connection.request('enquire_link', {}, patience());

test('answers are read however the bytes are cut, and find their requests in any order', async () => {
  const requests: PDU[] = [];
  const port = await smsc((request, socket) => {
    requests.push(request);
    if (requests.length < 2) return;
    const answers = requests.toReversed().map((each) => each.response().toBuffer());
    for (const byte of Buffer.concat(answers)) socket.write(Buffer.from([byte]));
  });
  const connection = await opened(port);
  const first = enquire(connection);
  while (requests.length === 0) await new Promise(setImmediate);
  const second = enquire(connection);
  expect([(await first).sequence, (await second).sequence]).toEqual([1, 2]);
});

test('a generic_nack is an answer, with its reason', async () => {
  const port = await smsc(({ sequence_number }, socket) => {
    socket.write(new PDU('generic_nack', { sequence_number, command_status: 3 }).toBuffer());
  });
  expect(await enquire(await opened(port))).toMatchObject({ status: 3, sequence: 1 });
});

test('what the SMSC delivers is handed on as its bytes; what nobody knows is refused', async () => {
  const delivery = new PDU('deliver_sm', { sequence_number: 7, short_message: 'x' }).toBuffer();
  const unknown = Buffer.from(delivery);
  unknown.writeUInt32BE(0x0bad, 4);
  const answers: PDU[] = [];
  const port = await smsc((request, socket) => {
    if (request.command === 'generic_nack') answers.push(request);
    else socket.write(Buffer.concat([unknown, delivery, request.response().toBuffer()]));
  });
  const seen: Frame[] = [];
  await enquire(await opened(port, {}, seen));
  expect(seen).toMatchObject([{ sequence: 7, bytes: delivery }]);
  while (answers.length === 0) await new Promise(setImmediate);
  expect(answers).toMatchObject([{ sequence_number: 7, command_status: 3 }]);
});

test.each([
  ['shorter than a header', HEADER_BYTES - 1],
  ['longer than any PDU', 1_000_000],
])('a length %s ends the connection, and what waits is failed', async (_, length) => {
  const port = await smsc((__, socket) => {
    const junk = Buffer.alloc(HEADER_BYTES);
    junk.writeUInt32BE(length, 0);
    socket.write(junk);
  });
  const connection = await opened(port);
  await expect(enquire(connection)).rejects.toMatchObject({ code: 'no-answer' });
  await connection.closed;
  await expect(enquire(connection)).rejects.toMatchObject({ code: 'not-sent' });
});

test('an SMSC that no longer says that it is there is hung up on', async () => {
  const connection = await opened(await smsc(() => undefined));
  connection.keepAlive(10, 10);
  await connection.closed;
  expect(connection.usable).toBe(false);
});

test('an SMSC that says goodbye gets an answer', async () => {
  const answers: string[] = [];
  const port = await smsc((request, socket) => {
    answers.push(request.command);
    if (request.command === 'enquire_link') socket.write(new PDU('unbind').toBuffer());
  });
  const connection = await opened(port);
  await expect(enquire(connection)).rejects.toMatchObject({ code: 'no-answer' });
  await connection.closed;
  expect(answers).toEqual(['enquire_link', 'unbind_resp']);
});

test('a connection that was not opened in time was not', async () => {
  const endpoint = { host: '127.0.0.1', port: await smsc(() => undefined), tls: false };
  const opening = Connection.open(endpoint, () => undefined, AbortSignal.abort());
  await expect(opening).rejects.toMatchObject({ code: 'not-sent' });
});

test('TLS is for an SMSC that somebody we trust vouches for', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = { CN: 'smsc' };
  const address = extension('2.5.29.17', der('sequence', der(0x87, Buffer.from([127, 0, 0, 1]))));
  const [from, until] = [Date.now() - 60_000, Date.now() + 3_600_000];
  const parts = { subject: name, issuer: name, publicKey, signer: privateKey, from, until };
  const cert = pem(certificate({ ...parts, ca: true, extensions: [address] }));
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createTlsServer({ key, cert }, (socket) =>
    answering(socket, (request) => socket.write(request.response().toBuffer())),
  );
  const port = await serving(server);
  await expect(opened(port, { tls: true })).rejects.toMatchObject({ code: 'not-sent' });

  const trusted = getCACertificates();
  setDefaultCACertificates([...trusted, cert]);
  try {
    expect(await enquire(await opened(port, { tls: true }))).toMatchObject({ status: 0 });
  } finally {
    setDefaultCACertificates(trusted);
  }
});
