// Runs once after all test files, in Jest's parent process. Jest asks for a default export.
import { stopCluster } from './cluster.ts';

export default stopCluster;
