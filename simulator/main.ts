// The carriers as a process: options as one JSON argument, one JSON line with ports and credentials when they listen.
import { fstatSync } from 'node:fs';
import { startCarrier, type Carrier, type CarrierOptions } from './index.ts';
import { BadRequest, onlyKnown, parseObject } from './json.ts';

const KNOWN = ['seed', 'timeScale', 'ports', 'credentials', 'historyPath', 'webhooks', 'load'];
const STDIN = 0;

function readOptions(argument = '{}'): CarrierOptions {
  const options = parseObject(argument);
  onlyKnown(options, KNOWN, 'the argument');
  return options as CarrierOptions;
}

/** Ends with its parent: on SIGTERM, when its channel closes, or when a pipe at standard input does. */
function endWithParent(carrier: Carrier): void {
  let ending: Promise<void> | null = null;
  const end = (): void => {
    ending ??= carrier.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.once('disconnect', end);
  // Not for a terminal or /dev/null: the one never ends, the other has ended already.
  const input = fstatSync(STDIN);
  if (input.isFIFO() || input.isSocket()) process.stdin.once('end', end).resume();
}

try {
  const carrier = await startCarrier(readOptions(process.argv[2]));
  endWithParent(carrier);
  const { ports, credentials, serviceAccount } = carrier;
  process.stdout.write(`${JSON.stringify({ ports, credentials, serviceAccount })}\n`);
} catch (error) {
  if (!(error instanceof BadRequest)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
