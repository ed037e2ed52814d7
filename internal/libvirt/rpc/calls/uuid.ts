import { argumentError } from '../call.ts';
import { isUuid } from '../xdr/codec.ts';

/** Refuses what is no UUID as libvirt's own library does: VIR_ERR_INVALID_ARG. */
export function checkUuid(uuid: string, call: string): void {
  if (!isUuid(uuid)) throw argumentError(call, new Error(`${JSON.stringify(uuid)} is not a UUID`));
}
