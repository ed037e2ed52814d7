import type { FieldError, JsonValue } from './spec.ts';

/** A value as read, with what should be known about it; or what is wrong with it. */
export type Read<T> =
  { readonly value: T; readonly notices?: readonly Notice[] } | { readonly problems: readonly Problem[] };

/** What a person should know though nothing is wrong, relative to the place that was read. */
export interface Notice {
  readonly at: string;
  /** Goes on after the path: `is ignored.` */
  readonly message: string;
}

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

/** Never more than a line, and nothing of what is inside: deep input would exhaust the stack, and may hold secrets. */
function shown(value: unknown): JsonValue {
  if (typeof value === 'string') return shortened(value, longestShown);
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : typeof value;
}

/** The beginning of a text that somebody sent, as valid Unicode. */
export function shortened(text: string, longest: number): string {
  const start = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return start.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

export type JsonObject = Readonly<Record<string, JsonValue>>;

export function isObject(value: JsonValue | undefined): value is JsonObject {
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

/** What XML 1.0 cannot carry; `line`: also line ends and other control characters, which names and titles must not have. */
export const notInText = {
  line: '\\p{Cc}\\p{Surrogate}\\u2028\\u2029\\ufffe\\uffff',
  lines: '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\p{Surrogate}\\ufffe\\uffff',
} as const;

/** Text without control characters, trimmed. */
export function text(longest: number, lines: keyof typeof notInText = 'line'): Reader<string> {
  const bad = new RegExp(`[${notInText[lines]}]`, 'u');
  const allowed = `text of at most ${longest} characters, without control characters`;
  return (value) => {
    if (typeof value !== 'string') return problem(value, 'This must be text.', { allowed });
    if (value.length > longest)
      return problem(value, `This is too long: ${value.length} characters.`, { allowed });
    const trimmed = (lines === 'lines' ? value.replaceAll('\r\n', '\n') : value).trim();
    if (bad.test(trimmed)) {
      return problem(undefined, 'This has characters that cannot be stored, such as control characters.', {
        allowed,
      });
    }
    return { value: trimmed };
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

/** A list, each item read by `item`; a lone item counts as a list too. */
export function list<T>(item: Reader<T>, most: number): Reader<readonly T[]> {
  return (value) => {
    const items = value === null ? [] : isList(value) ? value : [value];
    if (items.length > most) {
      return problem(value, `There are ${items.length} entries; at most ${most} are allowed.`, {
        allowed: `at most ${most} entries`,
      });
    }
    return together(items.map((entry, index) => below(`[${index}]`, item(entry))));
  };
}

/** Puts a place before what is said about what lies below it. */
export function below<T>(at: string, read: Read<T>): Read<T> {
  const placed = <S extends { readonly at: string }>(said: readonly S[]): readonly S[] =>
    said.map((each) => ({ ...each, at: `${at}${each.at}` }));
  if ('problems' in read) return { problems: placed(read.problems) };
  return { value: read.value, notices: placed(read.notices ?? []) };
}

/** All values, or all that is wrong with any. */
export function together<T>(reads: readonly Read<T>[]): Read<readonly T[]> {
  const problems = reads.flatMap((read) => ('problems' in read ? read.problems : []));
  if (problems.length > 0) return { problems };
  return {
    value: reads.flatMap((read) => ('value' in read ? [read.value] : [])),
    notices: reads.flatMap((read) => ('value' in read ? (read.notices ?? []) : [])),
  };
}

/** null and the empty text mean: not said. */
export function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (value) => (value === null || value === '' ? { value: null } : reader(value));
}

export function map<T, U>(reader: Reader<T>, change: (value: T) => U): Reader<U> {
  return (value) => {
    const read = reader(value);
    return 'value' in read ? { ...read, value: change(read.value) } : read;
  };
}
