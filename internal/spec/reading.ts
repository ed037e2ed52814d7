import type { FieldError, JsonValue } from './spec.ts';

/** A value as read, or what is wrong with it. */
export type Read<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** What is wrong, relative to the place that was read; the path is put before it later. */
export interface Problem {
  /** Below the place: `[1].model`; empty: the place itself. */
  readonly at: string;
  readonly value?: JsonValue | undefined;
  readonly message: string;
  readonly allowed?: string;
  readonly unit?: string;
}

export type Reader<T> = (value: JsonValue) => Read<T>;

/** How much of a wrong value is shown. */
const longestShown = 100;

export function problem(
  value: JsonValue | undefined,
  message: string,
  rest: Omit<Problem, 'at' | 'value' | 'message'> & { readonly at?: string } = {},
): { readonly problems: readonly [Problem] } {
  return { problems: [{ at: '', ...rest, value: value === undefined ? undefined : shown(value), message }] };
}

/** Puts the path before problems, as errors of the whole config. */
export function atPath(path: string, problems: readonly Problem[]): readonly FieldError[] {
  return problems.map(({ at, value, ...rest }) => ({
    path: `${path}${at}`,
    ...(value === undefined ? {} : { value }),
    ...rest,
  }));
}

function shown(value: JsonValue): JsonValue {
  if (typeof value === 'string')
    return value.length > longestShown ? `${value.slice(0, longestShown)}…` : value;
  if (value === null || typeof value !== 'object') return value;
  const text = JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : value;
}

export function isObject(value: JsonValue | undefined): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A property of its own, never one that every object has. */
export function own(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly unit?: string;
}

export function integer({ from, to, unit }: NumberRange): Reader<number> {
  const allowed = `an integer from ${from} to ${to}`;
  const rest = { allowed, ...(unit === undefined ? {} : { unit }) };
  return (value) => {
    const number = numberOf(value);
    if (number === null || !Number.isSafeInteger(number)) {
      return problem(value, `This must be ${allowed}${unit === undefined ? '' : ` ${unit}`}.`, rest);
    }
    if (number < from || number > to) {
      return problem(
        value,
        `${number} is out of range: ${allowed}${unit === undefined ? '' : ` ${unit}`}.`,
        rest,
      );
    }
    return { value: number };
  };
}

/** A number, also as a string of digits, which several clients send. */
export function numberOf(value: JsonValue): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || !/^\s*[+-]?\d{1,20}(?:\.\d{1,20})?\s*$/.test(value)) return null;
  return Number(value);
}

/** true or false; 1 and 0 as well, which wire requirements carry. */
export const boolean: Reader<boolean> = (value) => {
  if (typeof value === 'boolean') return { value };
  if (value === 1 || value === 0) return { value: value === 1 };
  return problem(value, 'This must be true or false.', { allowed: 'true, false, 1 or 0' });
};

// XML 1.0 cannot carry these; documents and virt-manager show names as they are.
const notInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

/** Text without control characters, trimmed. */
export function text(longest: number): Reader<string> {
  return (value) => {
    const allowed = `text of at most ${longest} characters, without control characters`;
    if (typeof value !== 'string') return problem(value, 'This must be text.', { allowed });
    if (value.length > longest)
      return problem(value, `This is too long: ${value.length} characters.`, { allowed });
    if (notInXml.test(value)) {
      return problem(undefined, 'This has characters that cannot be stored.', { allowed });
    }
    return { value: value.trim() };
  };
}

/** One of several words, whatever their case. */
export function oneOf<T extends string>(words: Readonly<Record<string, T>>): Reader<T> {
  const allowed = Object.keys(words).join(', ');
  return (value) => {
    const word = typeof value === 'string' ? value.trim().toLowerCase() : null;
    const found = word !== null && Object.hasOwn(words, word) ? words[word] : undefined;
    if (found !== undefined) return { value: found };
    return problem(value, `This must be one of ${allowed}.`, { allowed });
  };
}

/** A list, each item read by `item`; null and a lone item count as lists too. */
export function list<T>(item: Reader<T>, most: number): Reader<readonly T[]> {
  return (value) => {
    const items = value === null ? [] : isList(value) ? value : [value];
    if (items.length > most) {
      return problem(value, `There are ${items.length} entries; at most ${most} are allowed.`, {
        allowed: `at most ${most} entries`,
      });
    }
    const values: T[] = [];
    const problems: Problem[] = [];
    items.forEach((entry, index) => {
      const read = item(entry);
      if ('value' in read) values.push(read.value);
      else problems.push(...read.problems.map((found) => ({ ...found, at: `[${index}]${found.at}` })));
    });
    return problems.length > 0 ? { problems } : { value: values };
  };
}

/** null and the empty text mean: not said. */
export function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (value) => (value === null || value === '' ? { value: null } : reader(value));
}

export function map<T, U>(reader: Reader<T>, change: (value: T) => U): Reader<U> {
  return (value) => {
    const read = reader(value);
    return 'value' in read ? { value: change(read.value) } : read;
  };
}
