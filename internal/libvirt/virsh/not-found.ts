import { virError } from '../error-code.ts';
import { LibvirtError } from '../error.ts';

/** VIR_FROM_NONE: the driver itself found it out. */
const fromNone = 0;

/** The object, or libvirt's error for one that is not there. */
export function found<T>(object: T | undefined, call: string, code: number, what: string): T {
  if (object === undefined) throw notFound(call, code, what);
  return object;
}

export function notFound(call: string, code: number, what: string): LibvirtError {
  return new LibvirtError({ code, domain: fromNone, level: 2, message: `${what} does not exist`, call });
}

/** The UUID as libvirt prints it; what is none is refused as libvirt's own library does: VIR_ERR_INVALID_ARG. */
export function checkedUuid(uuid: string, call: string): string {
  const digits = uuid.toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(digits)) {
    const message = `${JSON.stringify(uuid)} is not a UUID`;
    throw new LibvirtError({ code: virError.invalidArgument, domain: fromNone, level: 2, message, call });
  }
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
