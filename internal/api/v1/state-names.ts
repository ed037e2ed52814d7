import { ProtiumError } from '../../errors/protium-error.ts';

/** Our names of states ↔ the values of a protobuf enum. */
export interface StateNames<Name extends string, Value extends number> {
  encode(name: Name): Value;
  /** For filters of requests. Throws `argument-invalid` for a value that the enum does not have, or UNSPECIFIED. */
  decodeAll(values: readonly number[]): readonly Name[];
}

export function stateNames<Name extends string, Value extends number>(
  values: Readonly<Record<Name, Value>>,
): StateNames<Name, Value> {
  const names = new Map<number, Name>();
  for (const name in values) names.set(values[name], name);
  return {
    encode: (name) => values[name],
    decodeAll: (asked) =>
      asked.map((value) => {
        const name = names.get(value);
        if (name === undefined) {
          throw new ProtiumError('argument-invalid', `${value} is no state to filter by.`, {
            details: { field: 'states', value },
          });
        }
        return name;
      }),
  };
}
