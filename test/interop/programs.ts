// Programs that others wrote: whether they are installed, and the end of those that a suite started.
import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a suite cannot do without, and what is said where it is not there. */
interface Requirement {
  readonly suite: string;
  readonly commands: readonly (readonly [program: string, ...words: string[]])[];
  readonly missing: string;
}

export const requirements: readonly Requirement[] = [
  {
    suite: 'net-smpp',
    commands: [['perl', '-MNet::SMPP', '-e', '1']],
    missing: 'perl finds no Net::SMPP (Debian: apt-get install libnet-smpp-perl)',
  },
  {
    suite: 'kannel',
    commands: [
      ['bearerbox', '--version'],
      ['smsbox', '--version'],
    ],
    missing: 'bearerbox and smsbox are not on the PATH (Debian: apt-get install kannel; /usr/sbin)',
  },
];

export const isMet = ({ commands }: Requirement): boolean =>
  commands.every(([program, ...words]) => {
    const { status } = spawnSync(program, words, { stdio: 'ignore' });
    return status === 0;
  });

/** Resolves when it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
