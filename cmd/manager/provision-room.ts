import { ProtiumError } from '../../internal/errors/protium-error.ts';
import type { FloatingAddresses } from '../../internal/floating-addresses/floating-address.ts';
import type { GuestAgent } from '../../internal/guest-agent/guest-agent.ts';
import type { Images } from '../../internal/images/image.ts';
import type { Instances } from '../../internal/instances/instance.ts';
import type { WaitForInstance } from '../../internal/instances/wait.ts';
import type { LeaseInstances } from '../../internal/leases/lease-instances.ts';
import type { Leases } from '../../internal/leases/leases.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import { createProvisions } from '../../internal/provision/run/create-provisions.ts';
import { createHealthCheck } from '../../internal/provision/run/health-check.ts';
import { createProvisionKeeper } from '../../internal/provision/run/provision-keeper.ts';
import type { Provisions } from '../../internal/provision/run/provision.ts';
import { createProvisionStore } from '../../internal/provision/run/provision-store.ts';
import { sshBanner } from '../../internal/provision/run/ssh-banner.ts';
import type { Database } from '../../internal/store/database.ts';

/** Wires the room of provisions. */
export function createProvisionRoom(parts: {
  readonly database: Database;
  readonly leases: Leases;
  readonly instances: Pick<Instances, 'situation'>;
  readonly doing: Pick<LeaseInstances, 'state' | 'remove'>;
  readonly wait: WaitForInstance;
  readonly view: Pick<LiveView, 'domain'>;
  readonly agent: Pick<GuestAgent, 'execute'>;
  readonly floating: Pick<FloatingAddresses, 'associate' | 'condition'>;
  readonly images: Pick<Images, 'list'>;
  readonly requestKey: Uint8Array;
  readonly ready: () => Promise<void>;
  readonly log: Logger;
}): { readonly provisions: Provisions; start(): void; stop(): Promise<void> } {
  const { database, leases, instances, doing, wait, images, requestKey, ready, log, floating } = parts;
  const store = createProvisionStore(database);
  const now = () => Date.now();
  const keeper = createProvisionKeeper({
    store,
    leases,
    instances: doing,
    wait,
    checkHealth: createHealthCheck({
      banner: sshBanner,
      agentConnected: (uuid) => parts.view.domain(uuid)?.agentConnected ?? null,
      agent: parts.agent,
    }),
    bindFloating: async (instance, owner) => {
      const { address, state, problem } = await floating.associate(instance, owner);
      if (state !== 'failed') return address;
      throw new ProtiumError(
        'unsupported',
        `The floating address ${address} leads nowhere: ${problem ?? ''}`,
        {
          details: { address },
        },
      );
    },
    ready,
    now,
    log,
  });
  const provisions = createProvisions({
    store,
    keeper,
    leases,
    situation: () => instances.situation(),
    images: () => images.list(),
    floatingProblem: () => {
      const { addresses, size, used, problem } = floating.condition();
      if (addresses === null) return 'there is no pool of them (PROTIUM_FLOATING_ADDRESSES).';
      return problem ?? (used < size ? null : `all ${size} of ${addresses} are taken.`);
    },
    requestKey,
    now,
  });
  return { provisions, start: () => keeper.start(), stop: () => keeper.stop() };
}
