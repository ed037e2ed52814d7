import { ProtiumError } from '../../errors/protium-error.ts';
import type { HostReader } from '../../host/reader.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { OperationDefinition } from '../../operations/definition.ts';
import type { Operations } from '../../operations/operations.ts';
import type { Instance, Instances } from '../instance.ts';
import { giveUpAsking } from './give-up-asking.ts';
import type { PowerChanges } from './power.ts';
import type { StartInstance } from './start.ts';
import type { StopInstance } from './stop.ts';

/** What is done with an instance that is there. All resolve with the id of the operation, and reject with `not-found`. */
export interface Lifecycle {
  /** A saved one goes on from where it was, unless its saved state is discarded. */
  start(
    uuid: string,
    options?: { readonly suspended?: boolean; readonly discardSavedState?: boolean },
  ): Promise<string>;
  /** `timeoutMs` 0: the guest is not asked, and a stop that asks it is cancelled. */
  stop(uuid: string, options: { readonly timeoutMs: number; readonly onlyAsk: boolean }): Promise<string>;
  power(uuid: string, change: keyof PowerChanges): Promise<string>;
}

export interface LifecycleDefinitions {
  readonly start: OperationDefinition<StartInstance>;
  readonly stop: OperationDefinition<StopInstance>;
  readonly power: PowerChanges;
}

export function createLifecycle(options: {
  readonly instances: Pick<Instances, 'get'>;
  readonly view: Pick<LiveView, 'domain'>;
  readonly host: Pick<HostReader, 'read'>;
  readonly operations: Operations;
  readonly definitions: LifecycleDefinitions;
  readonly ready: () => Promise<void>;
}): Lifecycle {
  const { instances, view, host, operations, definitions, ready } = options;
  const existing = async (uuid: string): Promise<Instance> => {
    await ready();
    const instance = instances.get(uuid);
    if (instance === undefined) throw new ProtiumError('not-found', `There is no instance "${uuid}".`);
    return instance;
  };
  const targetOf = ({ uuid, domain }: Instance) => ({ uuid, domain });
  return {
    async start(uuid, { suspended = false, discardSavedState = false } = {}) {
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
      return (await operations.start(definitions.start, input, { owner: instance.owner })).id;
    },
    async stop(uuid, { timeoutMs, onlyAsk }) {
      const instance = await existing(uuid);
      const input = { ...targetOf(instance), timeoutMs, onlyAsk };
      if (timeoutMs === 0) await giveUpAsking(operations, uuid);
      return (await operations.start(definitions.stop, input, { owner: instance.owner })).id;
    },
    async power(uuid, change) {
      const instance = await existing(uuid);
      return (
        await operations.start(definitions.power[change], targetOf(instance), { owner: instance.owner })
      ).id;
    },
  };
}
