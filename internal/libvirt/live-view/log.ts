import type { Logger } from 'pino';

/** The part of the logger that the live view uses. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
