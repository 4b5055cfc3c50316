// Limits of who opens unsubscribe links.
import type { SqlMigration } from '../../../../platform/migrate.ts';
import { rateBucketSql } from '../../../../platform/rate-limit.ts';

export const rateLimit: SqlMigration = {
  name: '0013-rate-limit',
  sql: rateBucketSql('consent'),
};
