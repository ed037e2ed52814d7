import { virError } from '../error-code.ts';
import type { CallArguments, TableCall } from './call-names.ts';
import { virsh, type VirshCommand } from './command.ts';

/**
 * The code of a call that virsh refused by its own reading of libvirt's state, before libvirt was asked.
 * `start` does so when the domain is active, `undefine` when a managed save image or snapshots are in the way.
 */
export function refusalCode(call: TableCall): number {
  return call === 'domains.create' || call === 'domains.undefine'
    ? virError.operationInvalid
    : virError.internalError;
}

/** How to find out whether a call failed because what it is about does not exist. */
export interface Inquiry {
  /** Prints one object a line. */
  readonly list: VirshCommand;
  /** The object's word in that line. */
  readonly identity: string;
  /** The code if it is not there. */
  readonly code: number;
}

/** For hosts whose answers we cannot read: asks libvirt again. Null where the call is not about one object. */
export function inquiry<N extends TableCall>(call: N, values: CallArguments<N>): Inquiry | null {
  const subject: unknown = values[0];
  switch (call.split('.', 1)[0]) {
    case 'domains':
      return about(subject, 'uuid', virsh('list', '--all', '--uuid'), virError.noDomain);
    case 'snapshots':
      return about(domainOf(subject) ?? subject, 'uuid', virsh('list', '--all', '--uuid'), virError.noDomain);
    case 'pools':
    case 'volumes':
      return about(subject, 'uuid', virsh('pool-list', '--all', '--uuid'), virError.noStoragePool);
    case 'networks':
      return about(subject, 'uuid', virsh('net-list', '--all', '--uuid'), virError.noNetwork);
    case 'nodeDevices':
      return about(subject, 'name', virsh('nodedev-list'), virError.noNodeDevice);
    case 'secrets':
      return about(subject, 'uuid', virsh('secret-list'), virError.noSecret);
    case 'nwfilters':
      return about(subject, 'uuid', virsh('nwfilter-list'), virError.noNwfilter);
    default:
      return null;
  }
}

/** Whether the inquiry's answer shows the object. */
export function isThere({ identity }: Inquiry, output: string): boolean {
  return output.split('\n').some((line) => line.trim().split(/\s+/, 1)[0] === identity);
}

function about(subject: unknown, key: string, list: VirshCommand, code: number): Inquiry | null {
  const identity = property(subject, key);
  return typeof identity === 'string' ? { list, identity, code } : null;
}

function domainOf(subject: unknown): unknown {
  return property(subject, 'domain');
}

function property(subject: unknown, key: string): unknown {
  if (typeof subject !== 'object' || subject === null) return undefined;
  return (subject as Readonly<Record<string, unknown>>)[key];
}
