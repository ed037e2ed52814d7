import { notInText } from './reading.ts';
import type { JsonValue } from './spec.ts';

/** Pieces of JSON Schema (2020-12), one for each kind of reader: they accept what the reader accepts. */

export type JsonSchema = Readonly<Record<string, JsonValue>>;

const digits = '\\s*[+-]?\\d{1,20}(?:\\.\\d{1,20})?\\s*';

export function integerSchema(minimum: number, maximum: number): JsonSchema {
  return { anyOf: [{ type: 'integer', minimum, maximum }, numeric] };
}

export function numberSchema(minimum: number, maximum: number): JsonSchema {
  return { anyOf: [{ type: 'number', minimum, maximum }, numeric] };
}

const numeric = { type: 'string', pattern: `^${digits}$` };

export const booleanSchema: JsonSchema = { enum: [true, false, 1, 0] };

export function textSchema(maxLength: number, lines: keyof typeof notInText = 'line'): JsonSchema {
  return { type: 'string', maxLength, pattern: `^\\s*[^${notInText[lines]}]*\\s*$` };
}

/** One of the words in any case, as a pattern: JSON Schema has no such thing as case. */
export function wordSchema(words: Readonly<Record<string, string>>): JsonSchema {
  const anyCase = (word: string): string =>
    word.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
  return { type: 'string', pattern: `^\\s*(?:${Object.keys(words).map(anyCase).join('|')})\\s*$` };
}

/** A list; a lone item counts as one. */
export function listSchema(items: JsonSchema, maxItems: number): JsonSchema {
  return { anyOf: [{ type: 'array', maxItems, items }, items] };
}

export function orEmpty(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { const: '' }] };
}

/** null says nothing, wherever it stands. */
export function orNullSchema(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

/** An object of which these fields are looked at. */
export function objectSchema(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, orNullSchema(schema)]),
    ),
  };
}
