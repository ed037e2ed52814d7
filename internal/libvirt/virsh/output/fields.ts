import { LibvirtProtocolError } from '../../error.ts';

/** What virsh prints as `Name:   value` lines (dominfo, pool-info, nodeinfo ...). */
export type Fields = ReadonlyMap<string, string>;

export function parseFields(output: string): Fields {
  const fields = new Map<string, string>();
  for (const line of lines(output)) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return fields;
}

/** The field's value; throws LibvirtProtocolError if virsh did not print it. */
export function field(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (value === undefined) throw unexpected(`no ${name}`);
  return value;
}

/** A whole number, with or without a unit after it. */
export function wholeNumber(text: string): bigint {
  const digits = /^\d+/.exec(text)?.[0];
  if (digits === undefined) throw unexpected(`${JSON.stringify(text)} where a number is expected`);
  return BigInt(digits);
}

/** The lines that are not empty. */
export function lines(output: string): readonly string[] {
  return output.split('\n').filter((line) => line.trim() !== '');
}

export function unexpected(what: string): LibvirtProtocolError {
  return new LibvirtProtocolError(`virsh printed what this driver cannot read: ${what}`);
}
