import { freeDevices } from '../../devices/free-devices.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { HostReader } from '../../host/reader.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { DomainState } from '../../libvirt/objects.ts';
import { inactiveNetworks } from '../networks.ts';
import { existingDomain } from './find-domain.ts';
import type { PowerChanges } from './power.ts';
import type { StartInstance } from './start.ts';

/** What a dry run looks up: what the operation itself would refuse at once. All resolve with what a person should know. */
export interface LifecycleChecks {
  /** Rejects with `not-found` (also for a network), `device-in-use` and `device-unhealthy`. */
  start(input: StartInstance['input']): Promise<readonly string[]>;
  /** Rejects with `not-found`. */
  stop(uuid: string): Promise<readonly string[]>;
  /** Rejects with `not-found` and `state-conflict`. */
  power(uuid: string, change: keyof PowerChanges): Promise<readonly string[]>;
}

export function createLifecycleChecks(
  client: LibvirtClient,
  host: Pick<HostReader, 'read'>,
): LifecycleChecks {
  return {
    async start({ uuid, networks, devices }) {
      const domain = await existingDomain(client, uuid);
      await inactiveNetworks(client, networks);
      if (domain.id !== null) return [`"${domain.name}" runs already: it is left as it is.`];
      if (devices.length > 0) freeDevices(await host.read({ maxAgeMs: 0 }), devices);
      return [];
    },
    async stop(uuid) {
      const domain = await existingDomain(client, uuid);
      return domain.id === null ? [`"${domain.name}" is off already.`] : [];
    },
    async power(uuid, change) {
      const domain = await existingDomain(client, uuid);
      const { state } = await client.domains.state(domain);
      requirePower(domain, state, change);
      return [];
    },
  };
}

/**
 * What libvirt refuses in these states. Pure.
 *
 * @throws ProtiumError `state-conflict`
 */
function requirePower(
  { name, uuid, id }: { readonly name: string; readonly uuid: string; readonly id: number | null },
  state: DomainState,
  change: keyof PowerChanges,
): void {
  const conflict = (why: string): ProtiumError =>
    new ProtiumError('state-conflict', `Could not ${change} "${name}": ${why}`, { details: { uuid, state } });
  if (id === null) throw conflict('it is off. Start it first.');
  if (state === 'pmsuspended' && (change === 'suspend' || change === 'resume')) {
    throw conflict('its guest has put itself to sleep. Only the guest can be woken: reset or stop it.');
  }
}
