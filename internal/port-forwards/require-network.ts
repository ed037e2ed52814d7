import { existsSync } from 'node:fs';
import { ProtiumError } from '../errors/protium-error.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';

/**
 * Refuses a network that this host has no bridge of: a libvirt elsewhere has its networks elsewhere.
 *
 * @param hostRoot the tree that /sys of the host is read from
 * @throws ProtiumError `unsupported`, `state-conflict` (it is not active)
 */
export function requireNetworkHere(view: Pick<LiveView, 'network'>, hostRoot: string, name: string): void {
  const bridge = view.network(name)?.bridge ?? null;
  if (bridge !== null && existsSync(`${hostRoot.replace(/\/$/, '')}/sys/class/net/${bridge}`)) return;
  const active = view.network(name)?.active === true;
  throw active
    ? new ProtiumError(
        'unsupported',
        `The network "${name}" is not on the host that the daemon runs on, so nothing of this host can lead there.`,
      )
    : new ProtiumError('state-conflict', `The network "${name}" is not active. Start it first.`);
}
