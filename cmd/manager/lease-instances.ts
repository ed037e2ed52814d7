import { ProtiumError } from '../../internal/errors/protium-error.ts';
import type { GuestAgent } from '../../internal/guest-agent/guest-agent.ts';
import { refusedByHost } from '../../internal/instances/changes/refused-by-host.ts';
import type { Instances } from '../../internal/instances/instance.ts';
import type { Lifecycle } from '../../internal/instances/lifecycle/lifecycle.ts';
import type { LeaseInstances } from '../../internal/leases/lease-instances.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import type { createLifecycleRoom } from './lifecycle-room.ts';

/** To all who are logged in, and on the console, where whoever opens it sees it; the text is an argument. */
const toldBy = `wall "$1" 2> /dev/null; printf '\\r\\n%s\\r\\n' "$1" > /dev/console`;
const tellMs = 10_000;

/** What leases do with instances, by the use cases of instances: each an operation, journalled as ever. */
export function leaseInstances(parts: {
  readonly view: LiveView;
  readonly instances: Instances;
  readonly lifecycle: Lifecycle;
  readonly changes: Pick<ReturnType<ReturnType<typeof createLifecycleRoom>['open']>, 'begin' | 'changes'>;
  readonly operations: Operations;
  readonly agent: Pick<GuestAgent, 'execute'>;
}): LeaseInstances {
  const { view, instances, lifecycle, changes, operations, agent } = parts;
  const ended = async (operation: string | null): Promise<unknown> => {
    if (operation === null) return null;
    const { state, error, result } = await operations.wait(operation);
    if (state === 'succeeded') return result;
    throw new ProtiumError(
      error?.code ?? 'internal',
      error?.message ?? `The operation ${operation} ${state}.`,
      {
        details: { operation },
      },
    );
  };
  return {
    state(uuid) {
      const { ageMs, connected } = view.status();
      if (ageMs === null || !connected) {
        throw new ProtiumError('libvirt-unavailable', 'libvirt cannot be asked just now.');
      }
      const domain = view.domain(uuid);
      if (domain !== undefined) return domain.id === null ? 'off' : 'on';
      return instances.uuidOfUnmade(uuid) === undefined ? 'absent' : 'off';
    },
    async launch({ lease, owner, creator, name, spec, devices }) {
      const outcome = await instances.register({
        owner,
        ...(creator === undefined ? {} : { creator }),
        name,
        spec,
        lease,
        // Whoever was cut short finds what it had begun.
        idempotencyKey: `lease ${lease}`,
        ...(devices === null ? {} : { leasedDevices: devices }),
      });
      if (outcome.outcome === 'refused') throw refusedByHost(outcome.refusal);
      return outcome.instance.uuid;
    },
    async switchOn(uuid) {
      await ended((await lifecycle.start(uuid)).operation);
    },
    async stop(uuid, timeoutMs) {
      const result = await ended((await lifecycle.stop(uuid, { timeoutMs, onlyAsk: false })).operation);
      return { forced: (result as { readonly forced?: boolean } | null)?.forced ?? false };
    },
    async snapshot(uuid, name, description) {
      const { begin, changes: known } = changes;
      try {
        const begun = await begin(known.createSnapshot, uuid, (target) => ({
          ...target,
          name,
          description,
          memory: false,
          quiesce: false,
        }));
        await ended(begun.operation);
      } catch (error) {
        if (!(error instanceof ProtiumError && error.code === 'already-exists')) throw error;
      }
    },
    async remove(uuid) {
      const { done } = await instances.remove(uuid, { purge: true });
      await done;
    },
    async tell(uuid, text, signal) {
      const program = {
        path: '/bin/sh',
        arguments: ['-c', toldBy, 'protium', text],
        environment: [],
        input: new Uint8Array(),
        timeoutMs: tellMs,
        captureOutput: false,
        maxOutputBytes: 0,
      };
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(tellMs)]);
      const { exitCode } = await agent.execute(uuid, program, bounded);
      if (exitCode !== 0)
        throw new ProtiumError('guest-refused', `The telling ended with ${exitCode ?? 'a signal'}.`);
    },
  };
}
