// How much a fault test does: short by default, all that the fault matrix asks for with FAULTS_SIZE=full.

const FULL = process.env['FAULTS_SIZE'] === 'full';

/** The seed of loads and faults; FAULTS_SEED brings back another run's. */
export const SEED = Number(process.env['FAULTS_SEED'] ?? 1);

export const sized = (short: number, full: number): number => (FULL ? full : short);
