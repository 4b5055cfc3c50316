// Starts Kannel as a customer of the simulated SMSC: bearerbox, which speaks SMPP, and smsbox, which speaks HTTP.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePort } from '../../platform/free-port.ts';
import type { Carrier } from '../../simulator/index.ts';
import { listen, type Incoming, type LoopbackServer } from '../../simulator/server.ts';
import { end } from './programs.ts';

const ADMIN_PASSWORD = 'admin';
const USER = { username: 'parley', password: 'password' } as const;
/** What it is to report: delivered 1, failed 2, on its way 4, taken by the SMSC 8, refused by it 16. */
const ALL_REPORTS = '31';

export interface KannelReport {
  readonly type: number;
  /** Kannel's own, or the SMSC's words. */
  readonly text: string;
}

export interface Heard {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export interface Kannel {
  /** Asks it to send; resolves with what names its reports. */
  send(to: string, text: string, coding?: 'GSM' | 'UCS-2'): Promise<string>;
  /** Resolves with the reports on a message once there are some of all these types among them. */
  reported(name: string, ...types: readonly number[]): Promise<readonly KannelReport[]>;
  /** Resolves once a person's text with these words is there. */
  heard(words: string): Promise<Heard>;
  stop(): Promise<void>;
}

/** Kannel posts a text as its octets, and says beside them how to read these. */
function wordsOf({ headers, body }: Incoming): string {
  const wide = /charset="UTF-16BE"/i.test(headers['content-type'] ?? '');
  return wide ? Buffer.from(body).swap16().toString('utf16le') : body.toString();
}

interface Ports {
  readonly admin: number;
  readonly box: number;
  readonly sendsms: number;
  readonly ours: number;
}

export async function startKannel(carrier: Carrier): Promise<Kannel> {
  const reports: (KannelReport & { readonly name: string })[] = [];
  const texts: Heard[] = [];
  const door = await listen(0, (incoming) => {
    const said = (name: string): string => incoming.query.get(name) ?? '';
    if (incoming.path === '/report')
      reports.push({ name: said('name'), type: Number(said('type')), text: said('text') });
    else texts.push({ from: said('from'), to: said('to'), text: wordsOf(incoming) });
    return { status: 200, body: '' };
  });
  const ports: Ports = {
    admin: await findFreePort(),
    box: await findFreePort(),
    sendsms: await findFreePort(),
    ours: door.port,
  };
  const directory = await mkdtemp(join(tmpdir(), 'parley-kannel-'));
  const file = join(directory, 'kannel.conf');
  await writeFile(file, configuration(ports, carrier));
  const children: ChildProcess[] = [];
  const stop = (): Promise<void> => stopAll(children, door, directory);
  try {
    await startBoxes(file, ports, children);
  } catch (error) {
    await stop();
    throw error;
  }
  let sent = 0;
  return {
    stop,
    async send(to, text, coding = 'GSM') {
      sent += 1;
      const name = String(sent);
      await submit(ports, name, { to, text, ...(coding === 'UCS-2' && { coding: '2' }) });
      return name;
    },
    async reported(name, ...types) {
      const about = () => reports.filter((report) => report.name === name);
      await until(() => types.every((type) => about().some((report) => report.type === type)));
      return about();
    },
    async heard(words) {
      const found = () => texts.find(({ text }) => text === words);
      await until(() => found() !== undefined);
      return found() as Heard;
    },
  };
}

/** Looks again until it holds; Jest's time limit ends a wait in vain. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(50);
}

async function startBoxes(file: string, ports: Ports, children: ChildProcess[]): Promise<void> {
  const start = (program: string): ChildProcess => {
    const child = spawn(program, ['-v', '4', file], { stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const bearerbox = start('bearerbox');
  await untilStatus(bearerbox, ports, /SMPP:.*\(online/);
  const smsbox = start('smsbox');
  await untilStatus(smsbox, ports, /smsbox:.*on-line/);
  await until(async () => (await get(ports.sendsms, '/')) !== null);
}

/** Throws where the program ends instead. */
const untilStatus = (child: ChildProcess, { admin }: Ports, sign: RegExp): Promise<void> =>
  until(async () => {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended at its start`);
    return sign.test((await get(admin, `/status.txt?password=${ADMIN_PASSWORD}`)) ?? '');
  });

/** Null where nobody listens yet. */
async function get(port: number, path: string): Promise<string | null> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
  return answer === null ? null : answer.text();
}

/** Kannel fills %d and %A in: the type of the report, and the SMSC's words. */
async function submit(
  { sendsms, ours }: Ports,
  name: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  const query = new URLSearchParams({
    ...USER,
    charset: 'UTF-8',
    from: '14155550000',
    'dlr-mask': ALL_REPORTS,
    'dlr-url': `http://127.0.0.1:${ours}/report?name=${name}&type=%d&text=%A`,
    ...fields,
  });
  const answer = (await get(sendsms, `/cgi-bin/sendsms?${query}`)) ?? '';
  if (!/Accepted/.test(answer)) throw new Error(`Kannel does not take it: ${answer}`);
}

async function stopAll(
  children: readonly ChildProcess[],
  door: LoopbackServer,
  directory: string,
): Promise<void> {
  for (const child of children.toReversed()) await end(child);
  await door.close();
  await rm(directory, { recursive: true, force: true });
}

const configuration = ({ admin, box, sendsms, ours }: Ports, carrier: Carrier): string => `
group = core
admin-port = ${admin}
admin-interface = 127.0.0.1
admin-password = ${ADMIN_PASSWORD}
smsbox-port = ${box}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = simulated
host = 127.0.0.1
port = ${carrier.ports.smpp}
transceiver-mode = true
smsc-username = ${carrier.credentials.smpp.systemId}
smsc-password = ${carrier.credentials.smpp.password}
system-type = ""
source-addr-ton = 1
source-addr-npi = 1
dest-addr-ton = 1
dest-addr-npi = 1
enquire-link-interval = 1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${box}
sendsms-port = ${sendsms}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = ${USER.username}
password = ${USER.password}
max-messages = 10
concatenation = true

group = sms-service
keyword = default
max-messages = 0
post-url = "http://127.0.0.1:${ours}/text?from=%p&to=%P"
`;
