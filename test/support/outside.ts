// A client for tests that speaks to receivers on this machine, and to nowhere else.
import { createOutsideClient, type OutsideClient } from '../../platform/outside-client.ts';

export const openOutside = (): OutsideClient =>
  createOutsideClient({
    timeoutMs: 5_000,
    bodyMaxBytes: 65_536,
    connectionsMax: 16,
    insecure: true,
    admits: (address) => address === '127.0.0.1',
  });
