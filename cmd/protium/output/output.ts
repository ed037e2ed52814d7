import { stringify } from 'yaml';
import { answerJson, type AnswerMethod } from './answer-json.ts';
import type { OutputFormat } from './format.ts';
import type { Screen } from './screen.ts';

/** What people see of an answer. */
export interface Shown {
  /** Of what it is about, for `-o name`. */
  readonly names: readonly string[];
  /** With its line ends. */
  readonly text: () => string;
}

export interface Output extends Screen {
  readonly format: OutputFormat;
  /** Writes an answer in the format that was asked for. */
  answer<Answer>(method: AnswerMethod<Answer>, answer: Answer, shown: Shown): void;
  /** The same for what is no answer of the daemon. */
  object(value: unknown, shown: Shown): void;
  /** One of a stream: JSON on a line of its own. */
  item<Answer>(method: AnswerMethod<Answer>, answer: Answer, shown: Shown): void;
}

export function createOutput(screen: Screen, format: OutputFormat): Output {
  const written = (value: () => unknown, { names, text }: Shown, indent: number): string => {
    switch (format) {
      case 'json':
        return `${JSON.stringify(value(), null, indent)}\n`;
      case 'yaml':
        return `---\n${stringify(value())}`;
      case 'name':
        return names.map((name) => `${name}\n`).join('');
      case 'table':
        return text();
    }
  };
  return {
    ...screen,
    format,
    answer: (method, answer, shown) => screen.write(written(() => answerJson(method, answer), shown, 2)),
    object: (value, shown) => screen.write(written(() => value, shown, 2)),
    item: (method, answer, shown) => screen.write(written(() => answerJson(method, answer), shown, 0)),
  };
}
