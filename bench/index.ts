// Runs the benchmarks that are named, or all of them. A wrong answer makes a run void and the exit code 1.
import { accept } from './b1-accept.ts';
import { send } from './b2-send.ts';
import { fanOut } from './b4-fan-out.ts';
import { channelState } from './b5-channel-state.ts';
import { capability } from './b6-capability.ts';
import { start } from './b7-start.ts';
import { consentLog } from './b9-consent-log.ts';

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  B1: accept,
  B2: send,
  B4: fanOut,
  B5: channelState,
  B6: capability,
  B7: start,
  B9: consentLog,
};

const named = process.argv.slice(2);
for (const [id, run] of Object.entries(benchmarks)) {
  if (named.length === 0 || named.includes(id)) await run();
}
