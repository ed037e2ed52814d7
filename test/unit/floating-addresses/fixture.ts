import { createAssociationStore } from '../../../internal/floating-addresses/association-store.ts';
import { createFloatingAddresses } from '../../../internal/floating-addresses/floating-addresses.ts';
import type { FloatingAddresses } from '../../../internal/floating-addresses/floating-address.ts';
import type { HeldAddress } from '../../../internal/floating-addresses/held-address.ts';
import {
  createHostAddressStore,
  type HostAddress,
} from '../../../internal/floating-addresses/host-address-store.ts';
import { readPool } from '../../../internal/floating-addresses/pool.ts';
import {
  createFloatingReconciler,
  type FloatingReconciler,
} from '../../../internal/floating-addresses/reconciler.ts';
import type { LiveView, LiveViewChange } from '../../../internal/libvirt/live-view/live-view.ts';
import { createKeyedLock } from '../../../internal/operations/keyed-lock.ts';
import type { WantedRules } from '../../../internal/port-forwards/kernel/kernel-rules.ts';
import { databasePath, openFor } from '../operations/fixture.ts';
import { silent } from '../operations/fixture-log.ts';

export const owner = 'a'.repeat(32);

export interface FloatingHost {
  readonly floating: FloatingAddresses;
  readonly reconciler: FloatingReconciler;
  /** What the test decides. */
  readonly state: {
    /** Instances that run. */
    readonly running: Set<string>;
    synced: boolean;
    /** Why the kernel refuses; empty: it does not. */
    refusal: string;
    poolProblem: string | null;
  };
  /** The addresses of the host: others' from the start, and what is added. */
  readonly present: HostAddress[];
  /** All rules that were made, the last at the end. */
  readonly made: WantedRules[];
  /** What was done to the host, in order. */
  readonly steps: string[];
  /** By the last rules: `10.77.0.1:22 > guest`, and the addresses that are guarded. */
  readonly rules: () => { readonly open: readonly string[]; readonly guarded: readonly unknown[] };
  readonly change: () => void;
}

/** A host with a network and instances, whose guests' addresses are `192.168.130.N` for the instance `iN`. */
export function floatingHost(
  options: {
    readonly pool?: string;
    readonly device?: string;
    readonly path?: string;
    /** What is kept for owners. */
    readonly held?: () => readonly HeldAddress[];
  } = {},
): FloatingHost {
  const { pool: poolText = '10.77.0.0/29', device = 'lo', path = databasePath(), held = () => [] } = options;
  const pool = readPool(poolText) ?? null;
  const database = openFor(path);
  const store = createAssociationStore(database);
  const added = createHostAddressStore(database);
  const state = {
    running: new Set(['i1', 'i2']),
    synced: true,
    refusal: '',
    poolProblem: null as string | null,
  };
  const present: HostAddress[] = [{ address: '127.0.0.1', device: 'lo' }];
  const made: WantedRules[] = [];
  const steps: string[] = [];
  let changed: (change: LiveViewChange) => void = () => undefined;
  const view = {
    domain: (uuid: string) => ({ id: state.running.has(uuid) ? 1 : null }),
    network: () => ({ active: true, ips: [{ family: 'ipv4', address: '192.168.130.1', prefix: 24 }] }),
    onChange: (listener: typeof changed) => {
      changed = listener;
      return () => undefined;
    },
    status: () => ({ lastSyncAt: state.synced ? '2026-01-01T00:00:00.000Z' : null }),
  } as unknown as LiveView;
  const hostAddresses = {
    list: () => Promise.resolve([...present]),
    add: (address: HostAddress) => {
      steps.push(`add ${address.address} ${address.device}`);
      present.push(address);
      return Promise.resolve();
    },
    remove: ({ address, device: of }: HostAddress) => {
      steps.push(`remove ${address} ${of}`);
      present.splice(
        present.findIndex((each) => each.address === address && each.device === of),
        1,
      );
      return Promise.resolve();
    },
  };
  const poolProblem = () => state.poolProblem;
  const reconciler = createFloatingReconciler({
    store,
    added,
    hostAddresses,
    rules: {
      set: (wanted) => {
        if (state.refusal !== '' && wanted.accepted.length > 0)
          return Promise.reject(new Error(state.refusal));
        steps.push(`rules ${wanted.accepted.length}`);
        made.push(wanted);
        return Promise.resolve();
      },
    },
    pool: pool ?? [],
    device,
    poolProblem,
    view,
    log: silent,
  });
  const floating = createFloatingAddresses({
    store,
    added,
    hostAddresses,
    reconciler,
    reservations: {
      reserve: ({ instance }) =>
        Promise.resolve({
          network: 'net',
          address: `192.168.130.${instance.slice(1)}`,
          mac: null,
          hostname: null,
          instance,
        }),
    },
    pool,
    poolProblem,
    requireNetwork: () => undefined,
    held,
    locks: createKeyedLock(),
    ready: () => Promise.resolve(),
  });
  return {
    floating,
    reconciler,
    state,
    present,
    made,
    steps,
    rules: () => {
      const sets = new Map<string, readonly unknown[]>();
      for (const command of made.at(-1)?.commands.nftables ?? []) {
        const { set, map } =
          (command as { add?: Partial<Record<'set' | 'map', { name: string; elem?: readonly unknown[] }>> })
            .add ?? {};
        for (const each of [set, map]) if (each !== undefined) sets.set(each.name, each.elem ?? []);
      }
      const guests = new Map(sets.get('guests') as readonly [string, string][] | undefined);
      const open = (sets.get('open') ?? []) as readonly { readonly concat: readonly [string, number] }[];
      return {
        open: open.map(({ concat: [address, port] }) => `${address}:${port} > ${guests.get(address)}`),
        guarded: sets.get('guarded') ?? [],
      };
    },
    change: () => changed({ kind: 'domain' } as LiveViewChange),
  };
}
