import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { connectDaemon } from './connection/daemon.ts';
import { createDialogue } from './console/dialogue.ts';
import { processTerminal } from './console/terminal.ts';
import { createOutput } from './output/output.ts';
import { createScreen } from './output/screen.ts';
import type { GlobalOptions, RunSession } from './session.ts';

/** The start of a stream; what comes after it is not waited for. */
async function startOf(stream: NodeJS.ReadStream, most: number): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    parts.push(Buffer.from(part as Uint8Array));
    length += parts.at(-1)?.length ?? 0;
    if (length >= most) break;
  }
  return new TextDecoder().decode(Buffer.concat(parts).subarray(0, most));
}

/** Sessions of this process: its terminal, its signals, its environment. */
export function processSessions(process: NodeJS.Process): RunSession {
  const { stdin, stdout, stderr, env } = process;
  return async (command, work) => {
    const { address, ca, output: format } = command.optsWithGlobals<GlobalOptions>();
    const output = createOutput(createScreen(stdout, stderr, env), format);
    const daemon = connectDaemon({ address, caFile: ca });
    const interrupt = new AbortController();
    const abort = (): void => interrupt.abort();
    const confirm = async (question: string): Promise<boolean> => {
      const asking = createInterface({ input: stdin, output: stderr });
      // It rejects at Ctrl-C and Ctrl-D: that is no.
      const answer = await asking.question(`${question} [y/N] `).catch(() => '\n');
      asking.close();
      if (answer === '\n') stderr.write(answer);
      return /^y(es)?$/i.test(answer.trim());
    };
    try {
      await work({
        daemon,
        output,
        interrupted: interrupt.signal,
        catchInterrupts: () => process.once('SIGINT', abort),
        endWith: (exitCode) => void (process.exitCode = exitCode),
        readStdin: (most) => (most === undefined ? text(stdin) : startOf(stdin, most)),
        dialogue: () => createDialogue(stdin, stdout),
        terminal: processTerminal(stdin, stdout, stderr),
        confirm: stdin.isTTY && stderr.isTTY ? confirm : null,
      });
    } finally {
      process.off('SIGINT', abort);
      output.endProgress();
      daemon.close();
    }
  };
}
