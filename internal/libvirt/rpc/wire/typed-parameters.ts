import { LibvirtProtocolError } from '../../error.ts';
import type { TypedParameters, TypedValue } from '../../objects.ts';
import {
  double,
  flag,
  hyper,
  int,
  list,
  string,
  unsignedHyper,
  unsignedInt,
  type Codec,
} from '../xdr/codec.ts';

/** One named value as libvirt sends and takes it (virTypedParameter). */
export type TypedParameter = { readonly field: string } & (
  | { readonly type: 'int' | 'unsigned int' | 'double'; readonly value: number }
  | { readonly type: 'hyper' | 'unsigned hyper'; readonly value: bigint }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
);

const numbers = {
  int: 1,
  'unsigned int': 2,
  hyper: 3,
  'unsigned hyper': 4,
  double: 5,
  boolean: 6,
  string: 7,
} as const;

const typedParameter: Codec<TypedParameter> = {
  shape: `{field:${string.shape},value:switch(int){1:int,2:unsigned int,3:hyper,4:unsigned hyper,5:double,6:int,7:${string.shape}}}`,
  minimumSize: 12,
  write: (writer, parameter) => {
    string.write(writer, parameter.field);
    writer.int32(numbers[parameter.type]);
    switch (parameter.type) {
      case 'int': {
        int.write(writer, parameter.value);
        return;
      }
      case 'unsigned int': {
        unsignedInt.write(writer, parameter.value);
        return;
      }
      case 'hyper': {
        hyper.write(writer, parameter.value);
        return;
      }
      case 'unsigned hyper': {
        unsignedHyper.write(writer, parameter.value);
        return;
      }
      case 'double': {
        double.write(writer, parameter.value);
        return;
      }
      case 'boolean': {
        flag.write(writer, parameter.value);
        return;
      }
      case 'string': {
        string.write(writer, parameter.value);
        return;
      }
    }
  },
  read: (reader) => {
    const field = string.read(reader);
    const type = reader.int32();
    switch (type) {
      case 1:
        return { field, type: 'int', value: int.read(reader) };
      case 2:
        return { field, type: 'unsigned int', value: unsignedInt.read(reader) };
      case 3:
        return { field, type: 'hyper', value: hyper.read(reader) };
      case 4:
        return { field, type: 'unsigned hyper', value: unsignedHyper.read(reader) };
      case 5:
        return { field, type: 'double', value: double.read(reader) };
      case 6:
        return { field, type: 'boolean', value: flag.read(reader) };
      case 7:
        return { field, type: 'string', value: string.read(reader) };
      default:
        throw new LibvirtProtocolError(`the parameter ${field} has the unknown type ${type}`);
    }
  },
};

export function typedParameters(maximum: number): Codec<readonly TypedParameter[]> {
  return list(typedParameter, maximum);
}

/** By name, without the types. */
export function toRecord(parameters: readonly TypedParameter[]): TypedParameters {
  return Object.fromEntries(parameters.map(({ field, value }): [string, TypedValue] => [field, value]));
}
