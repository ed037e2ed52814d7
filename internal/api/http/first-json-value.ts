import { ProtiumError } from '../../errors/protium-error.ts';

/**
 * Reads the first JSON value of a body and ignores what follows it, as the original Cocos manager did (Go's
 * json.Decoder): clients that send a trailing newline, or more, are served.
 *
 * @throws ProtiumError `request-malformed`
 */
export function firstJsonValue(body: Buffer): unknown {
  const text = body.toString('utf8');
  const end = endOfFirstValue(text);
  try {
    return JSON.parse(text.slice(0, end)) as unknown;
  } catch (error) {
    throw new ProtiumError(
      'request-malformed',
      `The request body is not JSON: ${(error as Error).message}.`,
      {
        cause: error,
      },
    );
  }
}

/** Index after the first value; the whole text when it is not closed, so that the parser reports what is wrong. */
function endOfFirstValue(text: string): number {
  const start = text.search(/[^ \t\r\n]/);
  const first = text[start];
  if (first !== '{' && first !== '[') {
    // A scalar ends at the first white space outside quotes; only `null` is of use to the callers.
    const scalar = /^[ \t\r\n]*(?:"(?:[^"\\]|\\.)*"|[^ \t\r\n"]+)/s.exec(text);
    return scalar ? scalar[0].length : text.length;
  }
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i += 1;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) depth += 1;
    else if (c === 0x7d || c === 0x5d) {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return text.length;
}

/**
 * The fields of a JSON object by their expected names, matched in any letter case (Go's rule); unknown keys are
 * left out, `null` (as a value or as the whole body) counts as absent.
 *
 * @throws ProtiumError `request-malformed` when the value is neither an object nor null
 */
export function fieldsOf<K extends string>(value: unknown, names: readonly K[]): Partial<Record<K, unknown>> {
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new ProtiumError('request-malformed', 'The request body must be a JSON object.');
  }
  const byLowerCase = new Map(names.map((name) => [name.toLowerCase(), name]));
  const fields: Partial<Record<K, unknown>> = {};
  for (const [key, field] of Object.entries(value as Record<string, unknown>)) {
    const name = byLowerCase.get(key.toLowerCase());
    if (name !== undefined && field !== null) fields[name] = field;
  }
  return fields;
}
