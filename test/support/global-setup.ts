// Runs once before all test files, in Jest's parent process. Jest asks for a default export.
import { startCluster } from './cluster.ts';

export default startCluster;
