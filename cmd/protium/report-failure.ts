import { CommanderError } from 'commander';
import { exitCodes, type Exit } from './exit-codes.ts';
import { Failure } from './failure.ts';
import type { OutputFormat } from './output/format.ts';
import { printable } from './output/printable.ts';

/** What a failed command writes to stderr, and how it ends. */
export interface FailureReport {
  readonly text: string;
  readonly exitCode: number;
}

/** JSON where the output is JSON; else a sentence with its code, and the reasons as a list. */
export function reportFailure(error: unknown, format: OutputFormat): FailureReport {
  if (error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')) {
    // The help was shown: asked for, or instead of a command that was left out.
    return { text: '', exitCode: exitCodes[error.exitCode === 0 ? 'ok' : 'usage'].number };
  }
  const failures = failuresOf(error);
  const text = failures.map(format === 'json' ? failureJson : failureText).join('');
  const [first] = failures;
  const exit = failures.every((each) => each.exit === first?.exit) ? (first?.exit ?? 'failed') : 'failed';
  return { text, exitCode: exitCodes[exit].number };
}

function failuresOf(error: unknown): readonly Failure[] {
  if (error instanceof AggregateError) return error.errors.flatMap(failuresOf);
  if (error instanceof Failure) return [error];
  if (error instanceof CommanderError) return [usageFailure(error)];
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [new Failure('internal', message)];
}

function usageFailure({ message }: CommanderError): Failure {
  const sentence = message.replace(/^error: /, '').replaceAll('\n', ' ');
  return new Failure('usage', `${sentence} Help: protium help`, { exit: 'usage' });
}

function failureText({ code, message, reasons }: Failure): string {
  const lines = message.split('\n').map(printable).join('\n');
  const list = reasons.map((reason) => `\n  - ${printable(reason)}`).join('');
  return `protium: ${lines} (${code})${list}\n`;
}

function failureJson({ code, message, exit, reasons, details }: Failure): string {
  const { number: exitCode } = exitCodes[exit satisfies Exit];
  return `${JSON.stringify({ code, message, reasons, details, exitCode }, null, 2)}\n`;
}
