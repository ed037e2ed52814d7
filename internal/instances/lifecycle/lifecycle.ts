import { ProtiumError } from '../../errors/protium-error.ts';
import type { HostReader } from '../../host/reader.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition } from '../../operations/definition.ts';
import type { Operations } from '../../operations/operations.ts';
import type { BegunChange } from '../changes/begin-change.ts';
import type { Instance, Instances } from '../instance.ts';
import { createLifecycleChecks } from './checks.ts';
import { giveUpAsking } from './give-up-asking.ts';
import type { PowerChanges } from './power.ts';
import type { StartInstance } from './start.ts';
import type { StopInstance } from './stop.ts';

/** How it is asked for. */
export interface LifecycleOptions {
  /** What the operation would refuse at once is refused, and nothing is begun. */
  readonly validateOnly?: boolean;
}

/**
 * What is done with an instance that is there. All reject with `not-found`; what else stands in the way is told by the
 * operation, which may have to wait for others first, or by a dry run (checks.ts).
 */
export interface Lifecycle {
  /** A saved one goes on from where it was, unless its saved state is discarded. */
  start(
    uuid: string,
    options?: LifecycleOptions & { readonly suspended?: boolean; readonly discardSavedState?: boolean },
  ): Promise<BegunChange>;
  /** `timeoutMs` 0: the guest is not asked, and a stop that asks it is cancelled. */
  stop(
    uuid: string,
    options: LifecycleOptions & { readonly timeoutMs: number; readonly onlyAsk: boolean },
  ): Promise<BegunChange>;
  power(uuid: string, change: keyof PowerChanges, options?: LifecycleOptions): Promise<BegunChange>;
}

export interface LifecycleDefinitions {
  readonly start: OperationDefinition<StartInstance>;
  readonly stop: OperationDefinition<StopInstance>;
  readonly power: PowerChanges;
}

export function createLifecycle(options: {
  readonly client: LibvirtClient;
  readonly instances: Pick<Instances, 'get'>;
  readonly view: Pick<LiveView, 'domain'>;
  readonly host: Pick<HostReader, 'read'>;
  readonly operations: Operations;
  readonly definitions: LifecycleDefinitions;
  readonly ready: () => Promise<void>;
  /**
   * Before one is started: one whose lease is over must get a part of the host again. Resolves with what a person should know;
   * rejects with `lease-conflict`. A dry run changes nothing.
   */
  readonly reclaim: (uuid: string, dryRun: boolean) => Promise<readonly string[]>;
}): Lifecycle {
  const { client, instances, view, host, operations, definitions, ready, reclaim } = options;
  const checks = createLifecycleChecks(client, host);
  const existing = async (uuid: string): Promise<Instance> => {
    await ready();
    const instance = instances.get(uuid);
    if (instance === undefined) throw new ProtiumError('not-found', `There is no instance "${uuid}".`);
    return instance;
  };
  const begun = ({ id }: { readonly id: string }): BegunChange => ({ operation: id, notices: [] });
  const tried = (notices: readonly string[]): BegunChange => ({ operation: null, notices });
  const targetOf = ({ uuid, domain }: Instance) => ({ uuid, domain });
  return {
    async start(uuid, { suspended = false, discardSavedState = false, validateOnly = false } = {}) {
      const instance = await existing(uuid);
      const addresses = view.domain(uuid)?.hostPciAddresses ?? [];
      const { pci } = addresses.length === 0 ? { pci: [] } : await host.read({ maxAgeMs: 0 });
      // Of devices that somebody gave it since, what is there now is what is meant.
      const known = [...instance.plan.pci, ...pci];
      const devices = addresses.map((address) => {
        const device = known.find((candidate) => candidate.address === address);
        return { address, vendor: device?.vendor ?? '', model: device?.model ?? '' };
      });
      const networks = instance.plan.networks.map(({ network }) => network);
      const input = { ...targetOf(instance), suspended, discardSavedState, devices, networks };
      const notices = await reclaim(uuid, validateOnly);
      if (validateOnly) return tried([...notices, ...(await checks.start(input))]);
      const { id } = await operations.start(definitions.start, input, { owner: instance.owner });
      return { operation: id, notices };
    },
    async stop(uuid, { timeoutMs, onlyAsk, validateOnly = false }) {
      const instance = await existing(uuid);
      if (validateOnly) return tried(await checks.stop(uuid));
      const input = { ...targetOf(instance), timeoutMs, onlyAsk };
      if (timeoutMs === 0) await giveUpAsking(operations, uuid);
      return begun(await operations.start(definitions.stop, input, { owner: instance.owner }));
    },
    async power(uuid, change, { validateOnly = false } = {}) {
      const instance = await existing(uuid);
      if (validateOnly) return tried(await checks.power(uuid, change));
      const { owner } = instance;
      return begun(await operations.start(definitions.power[change], targetOf(instance), { owner }));
    },
  };
}
