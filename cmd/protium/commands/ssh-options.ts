import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { collect } from './collect.ts';
import { parseSeconds } from './parse-number.ts';

/** Options that `ssh` and `cp` share; `TargetOptions` is what they give. */
export function addSshOptions(command: Command): Command {
  return command
    .option('-l, --user <name>', 'who logs in; else whoever the config or the image names')
    .option('-i, --identity <file>', 'a private key to log in with; may be repeated', collect, [])
    .option('-p, --port <number>', 'where its sshd listens', parsePort, 22)
    .option(
      '--timeout <seconds>',
      'how long its address and its sshd are waited for',
      parseSeconds(3600),
      120,
    )
    .option('--print', 'only print the command line');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('It is a number from 1 to 65535.');
  }
  return port;
}
