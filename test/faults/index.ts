// Runs the rows of the fault matrix: all of them, or those that are named (`npm run faults -- F2 F9`).
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { KEPT } from './kept.ts';

const FOLDER = new URL('.', import.meta.url).pathname;
const JEST = new URL('../../../node_modules/jest/bin/jest.js', import.meta.url).pathname;

/** By their rows: `f2-killed-sender.test.js` is F2. */
const rows = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => [name.slice(0, name.search(/[-.]/)).toUpperCase(), FOLDER + name]),
);
const wanted = process.argv.slice(2).map((row) => row.toUpperCase());
const unknown = wanted.filter((row) => !rows.has(row));
if (unknown.length > 0) {
  const known = [...rows.keys()].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  process.stderr.write(`There is no ${unknown.join(', ')}; there are ${known.join(', ')}.\n`);
  process.exit(2);
}
const files = [...rows].filter(([row]) => wanted.length === 0 || wanted.includes(row));
// One after the other: each has processes enough of its own.
const settings = ['--runInBand', '--verbose', '--testPathIgnorePatterns=/node_modules/'];
const paths = files.map(([, path]) => path);
const words = ['--no-warnings', '--experimental-vm-modules', JEST, ...settings, '--runTestsByPath'];
const jest = spawn(process.execPath, [...words, ...paths], { stdio: 'inherit' });
jest.once('exit', (code) => {
  process.stdout.write(`Histories: ${KEPT}\n`);
  process.exitCode = code ?? 1;
});
