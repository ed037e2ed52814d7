import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * After all else a line for each failure, in the order in which they happened: the first one often explains the rest, and
 * who reads only the end of a log sees it.
 */
export default class FailureSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const failures = modules.flatMap(failuresOf).sort((a, b) => a.at - b.at);
    const lines = [
      ...unhandled.map((error) => `outside of tests: ${firstLine(error)}`),
      ...failures.map(({ text }) => text),
    ];
    if (lines.length > 0) process.stdout.write(`\nFailures, first to last:\n${lines.join('\n')}\n`);
  }
}

interface Failure {
  readonly at: number;
  readonly text: string;
}

function failuresOf(module: TestModule): readonly Failure[] {
  const file = path.relative(process.cwd(), module.moduleId);
  const began = Math.min(
    ...[...module.children.allTests()].map((test) => test.diagnostic()?.startTime ?? Infinity),
  );
  const failures: Failure[] = [];
  const ofHooks = (name: string, errors: readonly SerializedError[]): void => {
    for (const error of errors) failures.push({ at: began, text: `${file}${name}: ${firstLine(error)}` });
  };
  ofHooks('', module.errors());
  for (const suite of module.children.allSuites()) ofHooks(` > ${suite.fullName}`, suite.errors());
  for (const test of module.children.allTests('failed')) {
    const at = test.diagnostic()?.startTime ?? Infinity;
    for (const error of test.result().errors ?? []) {
      failures.push({ at, text: `${timeOf(at)} ${file} > ${test.fullName}: ${firstLine(error)}` });
    }
  }
  return failures;
}

function firstLine({ message, stacks }: SerializedError): string {
  const [line = ''] = stripVTControlCharacters(message).split('\n');
  const where = stacks?.at(-1);
  return `${line.slice(0, 300)}${where === undefined ? '' : ` (line ${where.line})`}`;
}

function timeOf(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString().slice(11, 19) : '--:--:--';
}
