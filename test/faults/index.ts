// Runs the rows of the fault matrix: all of them, or those that are named (`npm run faults -- F2 F9`).
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { KEPT } from './kept.ts';

const FOLDER = new URL('.', import.meta.url).pathname;
const JEST = new URL('../../../node_modules/jest/bin/jest.js', import.meta.url).pathname;

/** `f2-killed-sender.test.js` is of the row F2. */
const rowOf = (name: string): string => name.slice(0, name.search(/[-.]/)).toUpperCase();

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.test.js'));
const rows = new Set(files.map(rowOf));
const wanted = process.argv.slice(2).map((row) => row.toUpperCase());
const unknown = wanted.filter((row) => !rows.has(row));
if (unknown.length > 0) {
  const known = [...rows].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  process.stderr.write(`There is no ${unknown.join(', ')}; there are ${known.join(', ')}.\n`);
  process.exit(2);
}
const chosen = files.filter((name) => wanted.length === 0 || wanted.includes(rowOf(name)));
// One after the other: each has processes enough of its own.
// A row that ran out of time leaves clients behind that wait for ever.
const settings = [
  '--runInBand',
  '--verbose',
  '--forceExit',
  '--testPathIgnorePatterns=/node_modules/',
];
const paths = chosen.map((name) => FOLDER + name);
const words = ['--no-warnings', '--experimental-vm-modules', JEST, ...settings, '--runTestsByPath'];
const jest = spawn(process.execPath, [...words, ...paths], { stdio: 'inherit' });
jest.once('exit', (code) => {
  process.stdout.write(`Histories: ${KEPT}\n`);
  process.exitCode = code ?? 1;
});
