// One subgraph's database with its production role, on a clone of the migrated template.
import { Database } from '../../platform/database.ts';
import { roleUrl } from '../../platform/migrate.ts';
import type { SubgraphName } from '../../configuration.ts';
import { definitions } from '../../parts.ts';
import { createTestDatabase } from './database.ts';
import { recordingLog } from './recording-log.ts';

export interface Machinery {
  /** Of the owner, whom no row-level security binds. */
  readonly url: string;
  open(name: SubgraphName, onStatement?: (sql: string) => void): Promise<Database>;
  close(): Promise<void>;
}

export async function openMachinery(): Promise<Machinery> {
  const database = await createTestDatabase();
  const opened: Database[] = [];
  return {
    url: database.url,
    async open(name, onStatement) {
      const connection = await Database.open({
        url: roleUrl(database.url, name),
        schema: name,
        tables: definitions[name].tables,
        connectionsMax: 8,
        log: recordingLog().log,
        ...(onStatement && { onStatement }),
      });
      opened.push(connection);
      return connection;
    },
    async close() {
      await Promise.all(opened.map((connection) => connection.close()));
      await database.drop();
    },
  };
}
