import { parse } from '@humanwhocodes/momoa';
import { TextProblem } from './text-problem.ts';

export function parseJson(text: string): unknown {
  return JSON.parse(text);
}

/** What is wrong with a text that JSON.parse refuses: it does not tell the place in every case. */
export function jsonProblem(text: string): TextProblem | null {
  try {
    parse(text, { mode: 'json' });
    return null;
  } catch (error) {
    const { message, line, column } = error as Error & { line: number; column: number };
    return new TextProblem(message.replace(/\.? \(\d+:\d+\)$/, '.'), { line, column });
  }
}
