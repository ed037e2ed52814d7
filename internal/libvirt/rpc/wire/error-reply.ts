import { virError } from '../../error-code.ts';
import { LibvirtError } from '../../error.ts';
import { int, optional, string, struct } from '../xdr/codec.ts';
import type { Reader } from '../xdr/reader.ts';
import { domain, network } from './objects.ts';

/** virNetMessageError: what an error reply carries. */
export const errorReply = struct({
  code: int,
  domain: int,
  message: optional(string),
  level: int,
  dom: optional(domain),
  str1: optional(string),
  str2: optional(string),
  str3: optional(string),
  int1: int,
  int2: int,
  net: optional(network),
});

export function readError(reader: Reader, call: string): LibvirtError {
  const { code, domain: from, level, message, int1 } = errorReply.read(reader);
  return new LibvirtError({
    code,
    domain: from,
    level,
    message: message ?? `libvirt reported error ${code} without a text`,
    call,
    systemErrno: code === virError.systemError && int1 > 0 ? int1 : null,
  });
}
