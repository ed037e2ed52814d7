import { parse, TomlError } from 'smol-toml';
import { TextProblem } from './text-problem.ts';

export function parseToml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Its message is followed by the lines around the place.
    const [message = ''] = error.message.split('\n');
    throw new TextProblem(`${message.replace(/^Invalid TOML document: /, '')}.`, error);
  }
}
