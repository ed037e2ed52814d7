import type { Field } from './field.ts';
import { atPath, isList, type Notice } from './reading.ts';
import { likelyPath, valueAt, type Source } from './sources.ts';
import type { FieldError } from './spec.ts';

/** Reads fields one by one; gathers what is wrong, what should be known, and which were not said. */
export class FieldReading {
  readonly errors: FieldError[] = [];
  readonly notices: string[] = [];
  readonly assumed: string[] = [];
  readonly #sources: readonly Source[];

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
  }

  /** The field's value; where it is wrong or missing, its fallback, and an error. */
  read<T>(field: Field<T>): T {
    const found = this.#found(field);
    if (found.length === 0) {
      if (field.neverAssumed !== true) this.assumed.push(field.path);
      if (field.fallback === undefined) this.errors.push(missing(field, this.#sources));
      return field.fallback as T;
    }
    const good: { readonly path: string; readonly value: T }[] = [];
    for (const { path, value, read } of found) {
      if (field.firstCounts !== undefined && good.length > 0) {
        if (field.firstCounts === 'noted')
          this.notices.push(`${path} is ignored; ${good[0]?.path ?? ''} counts.`);
        continue;
      }
      const result = read(value);
      if ('problems' in result) {
        this.errors.push(...atPath(path, result.problems));
        if (field.firstCounts !== undefined) break;
        continue;
      }
      this.note(path, result.notices ?? []);
      if (says(field, result.value)) good.push({ path, value: result.value });
    }
    const [first, ...others] = good;
    if (first === undefined) return field.fallback as T;
    const form = field.exact === true ? JSON.stringify : comparable;
    const other = others.find(({ value }) => form(value) !== form(first.value));
    if (other !== undefined) {
      const sent = found.find(({ path }) => path === other.path)?.value;
      const shown = field.secret === true || typeof sent === 'object' ? {} : { value: sent };
      this.errors.push({
        path: other.path,
        ...shown,
        message: `This says something else than ${first.path}; both are the same field. Leave one of them out.`,
      });
    }
    return first.value;
  }

  note(path: string, notices: readonly Notice[]): void {
    this.notices.push(
      ...notices.map(({ at, message }) => `The field ${`${path}${at}`.replace(/^\./, '')} ${message}.`),
    );
  }

  #found<T>(field: Field<T>) {
    return field.places.flatMap((place) =>
      this.#sources.flatMap((source) => {
        const value = valueAt(source, place.path);
        const empty = field.firstCounts !== undefined && value === '';
        if (value === undefined || empty) return [];
        return [{ path: source.prefix + place.path, value, read: place.read }];
      }),
    );
  }
}

function says<T>({ emptyIsUnsaid, firstCounts }: Field<T>, value: T): boolean {
  if (firstCounts !== undefined) return value !== null && value !== '';
  return !(emptyIsUnsaid === true && Array.isArray(value) && value.length === 0);
}

/** Without order of lists and case of text. */
function comparable(value: unknown): string {
  const items = isList(value as never)
    ? (value as readonly unknown[]).map((item) => JSON.stringify(item))
    : null;
  return (items === null ? JSON.stringify(value) : items.sort().join()).toLowerCase();
}

function missing<T>(
  { path, aliases, allowed, unit, meaning }: Field<T>,
  sources: readonly Source[],
): FieldError {
  return {
    path: likelyPath(sources, [path, ...aliases.map((alias) => alias.path)]),
    message: `${path} is missing. ${meaning}`,
    allowed: unit === undefined ? allowed : `${allowed}, in ${unit}`,
    ...(unit === undefined ? {} : { unit }),
  };
}
