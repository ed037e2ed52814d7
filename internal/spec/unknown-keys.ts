import { closest } from './closest.ts';
import { shortened, type JsonObject, type Notice } from './reading.ts';

/** So many are named; a flood of them is counted. */
const most = 20;

/** A notice for each key that is not known, with what was probably meant. */
export function unknownKeys(value: JsonObject, known: ReadonlySet<string>): readonly Notice[] {
  const unknown = Object.keys(value).filter((key) => !known.has(key));
  const notices = unknown.slice(0, most).map((key) => {
    const meant = closest(key, known);
    return {
      at: `.${keyShown(key)}`,
      message: `is not known, and ignored${meant === null ? '' : ` (did you mean ${meant}?)`}`,
    };
  });
  if (unknown.length <= most) return notices;
  return [...notices, { at: '', message: `has ${unknown.length - most} more fields that are not known` }];
}

/** A key that a client made up, fit for one line. */
export function keyShown(key: string): string {
  return JSON.stringify(shortened(key, 60)).slice(1, -1);
}
