#!/usr/bin/env node
import { withShortForms } from './booking/short-forms.ts';
import { createProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';
import { processSessions } from './run-session.ts';
import type { GlobalOptions } from './session.ts';

// A reader that has seen enough, as `head` has, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

const program = createProgram(processSessions(process));
try {
  await program.parseAsync(withShortForms(process.argv));
} catch (error) {
  const { text, exitCode } = reportFailure(error, program.opts<GlobalOptions>().output);
  process.stderr.write(text);
  process.exitCode = exitCode;
}
