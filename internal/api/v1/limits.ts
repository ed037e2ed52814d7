import { InvalidFields } from '../../errors/invalid-fields.ts';

/** The value of a field, `otherwise` for 0. Throws `argument-invalid` above `most`. */
export function atMost(field: string, value: number, most: number, otherwise: number): number {
  if (value > most) throw new InvalidFields([{ path: field, message: `At most ${most}.` }]);
  return value === 0 ? otherwise : value;
}
