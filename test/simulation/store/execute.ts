// Runs the engine's own statements on the rows in memory. One that is not known here ends the simulation.
import { deliveryStatements } from './delivery-statements.ts';
import { logStatements } from './log-statements.ts';
import { messageStatements } from './message-statements.ts';
import type { Execution, Statement } from './statement.ts';
import { taskStatements } from './task-statements.ts';

const STATEMENTS: readonly Statement[] = [
  ...taskStatements,
  ...logStatements,
  ...messageStatements,
  ...deliveryStatements,
];

/** By the text as it is written: the engine has some forty of them. */
const known = new Map<string, Statement>();

/** Thrown where the engine asks what no part of the simulation can answer: a fault of the simulation, not of the engine. */
export class UnknownStatement extends Error {}

export function execute(execution: Execution): object[] {
  const statement = known.get(execution.sql) ?? find(execution.sql);
  return [...statement.run(execution)];
}

function find(sql: string): Statement {
  const text = sql.replace(/\s+/g, ' ').trim();
  const statement = STATEMENTS.find((one) => one.text.test(text));
  if (statement === undefined) {
    throw new UnknownStatement(`The store of the simulation does not know: ${text}`);
  }
  known.set(sql, statement);
  return statement;
}
