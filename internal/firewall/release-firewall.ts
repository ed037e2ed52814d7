import { fromLibvirt } from '../errors/from-libvirt.ts';
import type { ReleaseOf } from '../instances/unregister/release.ts';
import { virError } from '../libvirt/error-code.ts';
import { LibvirtError } from '../libvirt/error.ts';
import type { OperationLog } from '../operations/definition.ts';
import { filterName } from './filter-document.ts';
import type { FilterStore } from './filter-store.ts';

/** Removes the filter of an instance that is gone. One that another running VM uses, a copy perhaps, stays for now. */
export function releaseFirewall(filters: FilterStore, log: OperationLog): ReleaseOf {
  return async (uuid) => {
    try {
      await filters.remove(uuid);
    } catch (error) {
      if (error instanceof LibvirtError && error.code === virError.operationInvalid) {
        log.warn({ err: error, filter: filterName(uuid) }, 'the filter stays: another VM uses it');
        return;
      }
      throw fromLibvirt(error, 'remove the network filter');
    }
  };
}
