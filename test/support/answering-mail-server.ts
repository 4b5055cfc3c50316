// A mail server that answers what a test tells it to, and keeps what it was sent.
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A reply, or `cut` or `hang` for none. */
export type MailAnswer = string;
export type MailStep = 'CONNECT' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'END';

export interface TakenMail {
  /** The parameters of MAIL and RCPT, as they were written. */
  readonly from: string;
  readonly to: string;
  /** As it came, without the last dot. */
  readonly data: string;
}

export interface AnsweringMailServer {
  readonly port: number;
  /** What is answered otherwise than with consent. */
  readonly answers: Map<MailStep, MailAnswer>;
  /** Every mail whose data ended, also those that were refused then. */
  readonly mails: readonly TakenMail[];
  /** Every command, in order. */
  readonly commands: readonly string[];
  readonly connectionCount: number;
  close(): Promise<void>;
}

const CONSENT: Readonly<Record<MailStep, string>> = {
  CONNECT: '220 mx.example',
  EHLO: '250-mx.example\r\n250-DSN\r\n250-AUTH PLAIN\r\n250 ENHANCEDSTATUSCODES',
  AUTH: '235 2.7.0 Accepted',
  MAIL: '250 2.1.0 Ok',
  RCPT: '250 2.1.5 Ok',
  DATA: '354 Go on',
  END: '250 2.0.0 Queued',
};

export async function startAnsweringMailServer(): Promise<AnsweringMailServer> {
  const sockets = new Set<Socket>();
  const answers = new Map<MailStep, MailAnswer>();
  const mails: TakenMail[] = [];
  const commands: string[] = [];
  let connectionCount = 0;

  const serve = (socket: Socket): void => {
    sockets.add(socket);
    connectionCount += 1;
    let [from, to, buffered] = ['', '', ''];
    let inData = false;
    const reply = (step: MailStep): void => {
      const answer = answers.get(step) ?? CONSENT[step];
      if (answer === 'hang') return;
      if (answer === 'cut') socket.destroy();
      else socket.write(`${answer}\r\n`);
    };
    const command = (line: string): void => {
      commands.push(line);
      const [verb = ''] = line.toUpperCase().split(' ', 1);
      if (verb === 'MAIL') from = line;
      if (verb === 'RCPT') to = line;
      if (verb === 'RSET') socket.write('250 Ok\r\n');
      else if (verb === 'QUIT') socket.end('221 Bye\r\n');
      else if (verb in CONSENT) reply(verb as MailStep);
      if (verb === 'DATA' && !answers.has('DATA')) inData = true;
    };
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      buffered += bytes.toString();
      for (;;) {
        const end = buffered.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end === -1) return;
        const told = buffered.slice(0, end);
        buffered = buffered.slice(end + (inData ? 5 : 2));
        if (inData) {
          mails.push({ from, to, data: told });
          inData = false;
          reply('END');
        } else {
          command(told);
        }
      }
    });
    reply('CONNECT');
  };

  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    answers,
    mails,
    commands,
    get connectionCount() {
      return connectionCount;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
