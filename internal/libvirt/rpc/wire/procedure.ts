import { struct, type Codec, type Fields, type Values } from '../xdr/codec.ts';
import { program } from './frame.ts';

/** One call of libvirt's protocol. */
export interface Procedure<Arguments, Result> {
  /** Its name in the .x file without the prefix, e.g. `DOMAIN_GET_XML_DESC`. */
  readonly name: string;
  readonly number: number;
  readonly program: number;
  readonly arguments: Codec<Arguments>;
  readonly result: Codec<Result>;
}

/** A call of the `remote` program. */
export function procedure<A extends Fields, R extends Fields>(
  name: string,
  number: number,
  fields: A,
  results: R,
): Procedure<Values<A>, Values<R>> {
  return { name, number, program: program.remote, arguments: struct(fields), result: struct(results) };
}

/** A call of the `qemu` program. */
export function qemuProcedure<A extends Fields, R extends Fields>(
  name: string,
  number: number,
  fields: A,
  results: R,
): Procedure<Values<A>, Values<R>> {
  return { ...procedure(name, number, fields, results), program: program.qemu };
}
