import { setLogger } from '@grpc/grpc-js';
import { format } from 'node:util';
import type { Logger } from './log.ts';

/**
 * What grpc-js says by itself goes to our log; it would print text on standard error. Only `warn`: a call or an address
 * that fails is reported by who made it. How much it says is decided by its own GRPC_VERBOSITY and GRPC_TRACE.
 */
export function logGrpcLibrary(log: Logger): void {
  const write =
    (level: 'debug' | 'warn') =>
    (...message: unknown[]): void =>
      log[level](`grpc-js: ${format(...message)}`);
  setLogger({ error: write('warn'), info: write('debug'), debug: write('debug') });
}
