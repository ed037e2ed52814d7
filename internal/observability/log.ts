import { pino, type DestinationStream, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { describeError } from './describe-error.ts';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  /** `auto`: pretty on a terminal, JSON lines otherwise. */
  readonly format: 'auto' | 'json' | 'pretty';
}

/** Values under these keys never reach the log, at the top or one level below. Headers are not logged at all. */
const secretNames = ['authorization', 'cookie', 'password', 'token', 'secret', 'privateKey'];
const redacted = secretNames.flatMap((name) => [name, `*.${name}`]);

/**
 * The daemon's logger: JSON lines for machines, coloured lines for a person at a terminal. It writes to standard output,
 * JSON to `destination` if one is given.
 */
export function createLog(options: LogOptions, destination?: DestinationStream): Logger {
  const pretty = options.format === 'pretty' || (options.format === 'auto' && process.stdout.isTTY);
  const settings = {
    level: options.level,
    messageKey: 'message',
    serializers: { err: describeError },
    redact: { paths: redacted, censor: '[redacted]' },
    base: {},
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (destination !== undefined) return pino(settings, destination);
  if (!pretty) return pino(settings);
  // In this process, not in a worker: nothing is lost when the daemon ends, and start-up stays quick.
  return pino(settings, PinoPretty({ messageKey: 'message', translateTime: 'HH:MM:ss.l', sync: true }));
}
