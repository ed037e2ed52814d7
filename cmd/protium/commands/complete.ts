import type { Command } from 'commander';
import { candidatesFor } from '../completion/candidates.ts';
import { namesOf } from '../completion/names.ts';
import { printable } from '../output/printable.ts';
import type { RunSession } from '../session.ts';

/** For the scripts of `completion`: the candidates for the last of these words. */
export function addCompleteCommand(program: Command, run: RunSession): void {
  program
    .command('complete', { hidden: true })
    .argument('[word...]')
    .action((words: readonly string[], _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const found = candidatesFor(program, words);
        if (found.kind === 'file') {
          output.write(':file\n');
          return;
        }
        const candidates = found.kind === 'words' ? found.words : await namesOf(daemon, found);
        const current = words.at(-1) ?? '';
        for (const { word, help } of candidates) {
          if (word.startsWith(current)) output.write(`${printable(word)}\t${printable(help)}\n`);
        }
      }),
    );
}
