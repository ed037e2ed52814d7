import { ProtiumError } from '../errors/protium-error.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import { requireNetworkHere } from '../port-forwards/require-network.ts';
import { isRouted } from '../port-forwards/kernel/ruleset.ts';

/**
 * Refuses a network that the host is not the way to: its guests could not answer.
 *
 * @throws ProtiumError `state-conflict`, `unsupported`
 */
export function requireRouted(view: Pick<LiveView, 'network'>, hostRoot: string, name: string): void {
  requireNetworkHere(view, hostRoot, name);
  const mode = view.network(name)?.forwardMode ?? null;
  if (isRouted(mode)) return;
  throw new ProtiumError(
    'state-conflict',
    `The network "${name}" is ${mode ?? 'isolated'}: a floating address needs one of mode nat or route.`,
  );
}
