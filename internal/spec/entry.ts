import { below, own, type JsonObject, type Notice, type Problem, type Reader } from './reading.ts';
import { unknownKeys } from './unknown-keys.ts';

/**
 * Reads the fields of one entry of a list (a volume, a network, a device), each under any of its names; gathers what is
 * wrong with them.
 */
export class Entry {
  readonly problems: Problem[] = [];
  readonly notices: Notice[] = [];
  readonly #value: JsonObject;
  readonly #known: Set<string>;

  /** @param known names that are understood and have no effect here */
  constructor(value: JsonObject, known: readonly string[]) {
    this.#value = value;
    this.#known = new Set(['py/object', ...known]);
  }

  /** The value under one of the names; two that disagree are an error; `fallback` where it is not said or wrong. */
  read<T>(names: readonly string[], reader: Reader<T>, fallback: T): T {
    const found: { readonly name: string; readonly value: T }[] = [];
    for (const name of names) {
      this.#known.add(name);
      const value = own(this.#value, name) ?? null;
      if (value === null) continue;
      const read = below(`.${name}`, reader(value));
      if ('problems' in read) this.problems.push(...read.problems);
      else {
        found.push({ name, value: read.value });
        this.notices.push(...(read.notices ?? []));
      }
    }
    const [first, ...others] = found;
    const other = others.find(({ value }) => value !== first?.value);
    if (first !== undefined && other !== undefined) {
      this.problems.push({
        at: `.${other.name}`,
        message: `This says something else than ${first.name}; both are the same field. Leave one of them out.`,
      });
    }
    return first === undefined ? fallback : first.value;
  }

  has(name: string): boolean {
    this.#known.add(name);
    return (own(this.#value, name) ?? null) !== null;
  }

  /** To be called last: says which names nobody asked for. */
  noteUnknown(): void {
    this.notices.push(...unknownKeys(this.#value, this.#known));
  }
}
