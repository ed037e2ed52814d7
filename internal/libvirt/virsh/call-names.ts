import type { LibvirtClient } from '../client.ts';
import type { VirshCommand } from './command.ts';

type Group =
  | 'host'
  | 'domains'
  | 'snapshots'
  | 'pools'
  | 'volumes'
  | 'networks'
  | 'nodeDevices'
  | 'secrets'
  | 'nwfilters';

/** The name of a call of the interface, e.g. `domains.define`. */
export type CallName = { [G in Group]: `${G}.${Extract<keyof LibvirtClient[G], string>}` }[Group];

type Method<N extends CallName> = N extends `${infer G extends Group}.${infer M}`
  ? M extends keyof LibvirtClient[G]
    ? LibvirtClient[G][M]
    : never
  : never;

/** What the interface's call takes. */
export type CallArguments<N extends CallName> = Method<N> extends (...values: infer A) => unknown ? A : never;

/** The calls that virsh has no command for. */
export const unsupportedCalls = [
  // virsh console needs a terminal.
  'domains.openConsole',
  // virsh hypervisor-cpu-compare fails for a CPU that does not fit as it does when it could not compare.
  'host.compareHypervisorCpu',
] as const satisfies readonly CallName[];

export type UnsupportedCall = (typeof unsupportedCalls)[number];
export type TableCall = Exclude<CallName, UnsupportedCall>;

/** Call → virsh commands, in the order in which they run. Pure. */
export type CommandTable<N extends TableCall> = {
  readonly [C in N]: (...values: CallArguments<C>) => readonly VirshCommand[];
};

export type CallsOf<G extends Group> = Extract<TableCall, `${G}.${string}`>;
