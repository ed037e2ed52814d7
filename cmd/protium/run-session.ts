import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { chooseAddress, isLocal } from './connection/choose-address.ts';
import { connectDaemon, type Daemon } from './connection/daemon.ts';
import { firstToken, withSecondTry } from './connection/first-token.ts';
import { loginsFile, readLogins } from './connection/logins.ts';
import { createDialogue } from './console/dialogue.ts';
import { processTerminal } from './console/terminal.ts';
import { createOutput } from './output/output.ts';
import { createScreen } from './output/screen.ts';
import type { GlobalOptions, RunSession } from './session.ts';

/** Sessions of this process: its terminal, its signals, its environment. */
export function processSessions(process: NodeJS.Process): RunSession {
  const { stdin, stdout, stderr, env } = process;
  return async (command, work) => {
    const { output: format, ...options } = command.optsWithGlobals<GlobalOptions>();
    const output = createOutput(createScreen(stdout, stderr, env), format);
    const daemon = await connect(options, env);
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
        readStdin: () => text(stdin),
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

async function connect(options: Omit<GlobalOptions, 'output'>, env: NodeJS.ProcessEnv): Promise<Daemon> {
  const { address, ca, token, cert, certKey } = options;
  const allowInsecure = ['1', 'true'].includes(env['PROTIUM_ALLOW_INSECURE_REMOTE'] ?? '');
  const wishes = { address, ca, token, cert, certKey, allowInsecure };
  const chosen = await chooseAddress(wishes, readLogins(loginsFile(env)));
  const first = chosen.token === undefined && isLocal(chosen.address) ? firstToken(env) : null;
  const daemon = connectDaemon(chosen);
  return first === null ? daemon : withSecondTry(daemon, () => connectDaemon({ ...chosen, token: first }));
}
