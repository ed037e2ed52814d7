import { pino, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  /** `auto`: pretty on a terminal, JSON lines otherwise. */
  readonly format: 'auto' | 'json' | 'pretty';
}

/** Values under these keys never reach the log: credentials of a request, and what a user marked as secret. */
const redacted = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-auth-token"]',
  'res.headers["set-cookie"]',
  '*.password',
  '*.token',
  '*.secret',
  '*.privateKey',
];

/** The daemon's logger, on standard output: JSON lines for machines, coloured lines for a person at a terminal. */
export function createLog(options: LogOptions): Logger {
  const pretty = options.format === 'pretty' || (options.format === 'auto' && process.stdout.isTTY);
  const settings = {
    level: options.level,
    messageKey: 'message',
    redact: { paths: redacted, censor: '[redacted]' },
    base: {},
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (!pretty) return pino(settings);
  // In this process, not in a worker: nothing is lost when the daemon ends, and start-up stays quick.
  return pino(
    settings,
    PinoPretty({ messageKey: 'message', translateTime: 'HH:MM:ss.l', ignore: 'req,res', sync: true }),
  );
}
