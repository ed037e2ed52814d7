import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { ProtiumError } from '../errors/protium-error.ts';
import type { AgentChannel } from './agent-channel.ts';

export interface GuestProgram {
  readonly path: string;
  readonly arguments: readonly string[];
  /** NAME=value; empty: the agent's own. */
  readonly environment: readonly string[];
  readonly input: Uint8Array;
  readonly timeoutMs: number;
  readonly captureOutput: boolean;
  /** Of each output. */
  readonly maxOutputBytes: number;
}

export interface GuestProgramEnd {
  /** null: a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: number | null;
  readonly output: CutOutput;
  readonly errorOutput: CutOutput;
}

export interface CutOutput {
  readonly bytes: Buffer;
  /** There was more. */
  readonly truncated: boolean;
}

const started = z.object({ pid: z.number().int() });
const progress = z.object({
  exited: z.boolean(),
  exitcode: z.number().int().optional(),
  signal: z.number().int().optional(),
  'out-data': z.string().optional(),
  'err-data': z.string().optional(),
  'out-truncated': z.boolean().optional(),
  'err-truncated': z.boolean().optional(),
});

const firstPauseMs = 20;
const longestPauseMs = 1000;

/**
 * Runs a program in a guest and waits for its end. The agent tells of an end only when it is asked: it is asked less and less
 * often. Rejects with `deadline-exceeded` (the program goes on), and as the channel does.
 */
export async function executeInGuest(
  channel: AgentChannel,
  uuid: string,
  program: GuestProgram,
  signal: AbortSignal,
): Promise<GuestProgramEnd> {
  const { pid } = await channel.command(
    uuid,
    {
      execute: 'guest-exec',
      arguments: {
        path: program.path,
        arg: program.arguments,
        ...(program.environment.length > 0 && { env: program.environment }),
        ...(program.input.length > 0 && { 'input-data': Buffer.from(program.input).toString('base64') }),
        'capture-output': program.captureOutput,
      },
      answer: started,
    },
    signal,
  );
  const deadline = performance.now() + program.timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const status = await channel.command(
      uuid,
      { execute: 'guest-exec-status', arguments: { pid }, answer: progress },
      signal,
    );
    if (status.exited) {
      return {
        exitCode: status.exitcode ?? null,
        signal: status.signal ?? null,
        output: cut(status['out-data'], status['out-truncated'], program.maxOutputBytes),
        errorOutput: cut(status['err-data'], status['err-truncated'], program.maxOutputBytes),
      };
    }
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) {
      throw new ProtiumError(
        'deadline-exceeded',
        `${program.path} did not end within ${program.timeoutMs / 1000} s. It goes on in the guest as process ${pid}; what it writes is lost.`,
        { details: { pid } },
      );
    }
    await setTimeout(Math.min(pauseMs, leftMs), undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

function cut(base64: string | undefined, truncated: boolean | undefined, maxBytes: number): CutOutput {
  const all = Buffer.from(base64 ?? '', 'base64');
  return { bytes: all.subarray(0, maxBytes), truncated: truncated === true || all.length > maxBytes };
}
