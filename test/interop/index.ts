// Runs the suites whose programs are installed, and says of each other one what it misses.
import { spawn } from 'node:child_process';
import { isMet, requirements } from './programs.ts';

const FOLDER = new URL('.', import.meta.url).pathname;
const JEST = new URL('../../../node_modules/jest/bin/jest.js', import.meta.url).pathname;

const paths: string[] = [];
for (const requirement of requirements) {
  const { suite, missing } = requirement;
  if (isMet(requirement)) paths.push(`${FOLDER}${suite}.test.js`);
  else process.stdout.write(`Skipped ${suite}: ${missing}.\n`);
}
if (paths.length > 0) {
  const settings = ['--runInBand', '--verbose', '--testPathIgnorePatterns=/node_modules/'];
  // No suite needs the cluster that the project's own setup starts.
  const setups = ['--globalSetup=', '--globalTeardown='];
  const words = ['--no-warnings', '--experimental-vm-modules', JEST, ...settings, ...setups];
  const jest = spawn(process.execPath, [...words, '--runTestsByPath', ...paths], {
    stdio: 'inherit',
  });
  jest.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
