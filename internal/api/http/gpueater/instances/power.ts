import type { Instance, Instances } from '../../../../instances/instance.ts';
import type { Lifecycle } from '../../../../instances/lifecycle/lifecycle.ts';
import type { Operations } from '../../../../operations/operations.ts';
import { awaitOperation } from '../await-operation.ts';

/** Starting, stopping and ending instances. Each resolves when it is so; asked again it is fine. */
export interface Power {
  /** One that is stopping is waited for first: a restart is a stop, and at once a start. */
  start(instance: Instance): Promise<void>;
  /** Its guest is asked first; one that does not end gets its plug pulled. */
  stop(instance: Instance): Promise<void>;
  /** Whatever state it is in, it boots anew, and its guest is not asked. */
  emergencyRestart(instance: Instance): Promise<void>;
  /** Removes it, with all that was made for it. */
  terminate(instance: Instance): Promise<void>;
}

/** How long a guest has to end by itself. */
const askMs = 60_000;

export function createPower(parts: {
  readonly lifecycle: Lifecycle;
  readonly instances: Pick<Instances, 'remove'>;
  readonly operations: Pick<Operations, 'wait' | 'get'>;
}): Power {
  const { lifecycle, instances, operations } = parts;
  const done = async (change: Promise<{ readonly operation: string | null }>): Promise<void> => {
    const { operation } = await change;
    if (operation !== null) await awaitOperation(operations, operation);
  };
  const unplug = (uuid: string) => done(lifecycle.stop(uuid, { timeoutMs: 0, onlyAsk: false }));
  const start = (uuid: string) => done(lifecycle.start(uuid));
  return {
    start: ({ uuid, state }) => (state === 'paused' ? done(lifecycle.power(uuid, 'resume')) : start(uuid)),
    stop: ({ uuid }) => done(lifecycle.stop(uuid, { timeoutMs: askMs, onlyAsk: false })),
    async emergencyRestart({ uuid, state, plan }) {
      // Devices are reset on their way back to the host; a guest that is held stays held over a reset.
      if (state === 'running' && plan.pci.length === 0) {
        await done(lifecycle.power(uuid, 'reset'));
        return;
      }
      await unplug(uuid);
      await done(lifecycle.start(uuid, { discardSavedState: true }));
    },
    terminate: ({ uuid }) => done(instances.remove(uuid, { purge: true })),
  };
}
