// Starts the SMSC that is made of Net::SMPP, tells it what to do, and keeps what it reports.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { end } from './programs.ts';

/** Compiled to dist/test/interop; the script stays where it is. */
const SCRIPT = fileURLToPath(new URL('../../../test/interop/smsc.pl', import.meta.url));

/** A PDU that it was sent; `hung up`, when a session is over; `obeyed`, after a wish. */
export interface Report {
  readonly pdu: string;
  readonly status?: number;
  readonly system_id?: string;
  readonly interface_version?: number;
  readonly dest_addr_ton?: number;
  readonly destination_addr?: string;
  readonly esm_class?: number;
  readonly registered_delivery?: number;
  readonly data_coding?: number;
  /** Of a submission: as Perl reads it, and how many octets it takes. */
  readonly text?: string;
  readonly octets?: number;
  /** Reference, count and number; empty where the text is whole. */
  readonly part?: readonly number[];
}

export interface Wish {
  /** To every submission from now on. */
  readonly answer?: { readonly status?: number; readonly silent?: 0 | 1 };
  /** Fields of a deliver_sm. Each character of a text is an octet. */
  readonly deliver?: Readonly<Record<string, string | number>>;
  readonly request?: 'enquire_link' | 'unbind';
  /** Whom it is requested of: the newest session that was bound like this. */
  readonly of?: 'bind_transmitter' | 'bind_receiver';
}

export interface NetSmpp {
  readonly port: number;
  /** Resolves when it is done: from then on submissions are answered so, or the PDU is out. */
  wish(wish: Wish): Promise<void>;
  /** Resolves with the `count`th report of this kind, counted from one. */
  reported(pdu: string, count?: number): Promise<Report>;
  reports(pdu: string): readonly Report[];
  /** SIGKILL: nobody gets a goodbye. */
  kill(): Promise<void>;
}

export async function startNetSmpp(): Promise<NetSmpp> {
  const child = spawn('perl', [SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'] });
  const kept: Report[] = [];
  const waiting = new Set<() => void>();
  const port = new Promise<number>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the SMSC did not start')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const report = JSON.parse(line) as Report & { readonly port: number };
      if (report.pdu === 'listening') return resolve(report.port);
      kept.push(report);
      for (const look of waiting) look();
    });
  });
  const reports = (pdu: string): readonly Report[] => kept.filter((report) => report.pdu === pdu);
  const reported = (pdu: string, count = 1): Promise<Report> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = reports(pdu)[count - 1];
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  let wishCount = 0;
  return {
    port: await port,
    reports,
    reported,
    wish: async (wish) => {
      wishCount += 1;
      child.stdin.write(`${JSON.stringify(wish)}\n`);
      await reported('obeyed', wishCount);
    },
    kill: () => end(child, 'SIGKILL'),
  };
}
