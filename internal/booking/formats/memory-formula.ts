import { ProtiumError } from '../../errors/protium-error.ts';

const token = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|([-+*/()]))\s*/y;

/**
 * The value of a formula of a capability_config.yaml, such as "ram + swap_size": numbers, names, + - * / and parentheses.
 * AIVC evaluates it as Python; here nothing else can be said in it.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function evaluateFormula(formula: string, values: Readonly<Record<string, number>>): number {
  const tokens = tokensOf(formula);
  let next = 0;
  const fail = (why: string): never => {
    throw new ProtiumError('argument-invalid', `The formula "${formula.slice(0, 100)}" ${why}.`);
  };
  const operand = (depth: number): number => {
    if (depth > 50) fail('is nested too deeply');
    const part = tokens[next++];
    if (part === undefined) return fail('ends too early');
    if (part === '-') return -operand(depth + 1);
    if (part === '(') {
      const value = sum(depth + 1);
      if (tokens[next++] !== ')') fail('has a parenthesis that is not closed');
      return value;
    }
    if (/^\d/.test(part)) return Number(part);
    const value = Object.hasOwn(values, part) ? values[part] : undefined;
    return value ?? fail(`names "${part}", which is none of ${Object.keys(values).join(', ')}`);
  };
  const product = (depth: number): number => {
    let value = operand(depth);
    for (;;) {
      if (tokens[next] === '*') {
        next += 1;
        value *= operand(depth);
      } else if (tokens[next] === '/') {
        next += 1;
        value /= operand(depth);
      } else return value;
    }
  };
  const sum = (depth: number): number => {
    let value = product(depth);
    for (;;) {
      if (tokens[next] === '+') {
        next += 1;
        value += product(depth);
      } else if (tokens[next] === '-') {
        next += 1;
        value -= product(depth);
      } else return value;
    }
  };
  const value = sum(0);
  if (next < tokens.length) fail(`has "${tokens[next] ?? ''}" where it should end`);
  return Number.isFinite(value) ? value : fail('has no finite value');
}

function tokensOf(formula: string): readonly string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < formula.length) {
    const at = token.lastIndex;
    const match = formula.length <= 1000 ? token.exec(formula) : null;
    if (match === null) {
      throw new ProtiumError(
        'argument-invalid',
        `The formula "${formula.slice(0, 100)}" cannot be read from character ${at + 1} on: numbers, names, + - * / and parentheses are allowed.`,
      );
    }
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}
