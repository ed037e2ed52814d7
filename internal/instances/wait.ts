import { ProtiumError } from '../errors/protium-error.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { Reach } from './addresses.ts';
import type { Instance, Instances } from './instance.ts';

/** How far a guest has come. */
export type Milestone = 'running' | 'address' | 'agent';

export interface Waited {
  /** false: it had not come so far in time. */
  readonly reached: boolean;
  readonly instance: Instance;
  readonly reach: Reach;
}

/**
 * Waits until a guest has come so far. Rejects with `not-found` when the VM is or gets removed, with `state-conflict` when it
 * stops meanwhile or can never come so far, and with the signal's reason.
 */
export type WaitForInstance = (
  uuid: string,
  until: Milestone,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
) => Promise<Waited>;

/** libvirt has no event for a lease or a neighbour: while addresses are waited for, they are asked for so often. */
const addressesEveryMs = 1000;

export function createWait({
  view,
  instances,
}: {
  readonly view: Pick<LiveView, 'domain' | 'onChange'>;
  readonly instances: Pick<Instances, 'get' | 'reach'>;
}): WaitForInstance {
  return async (uuid, until, { timeoutMs, signal }) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    let wasRunning = false;
    for (;;) {
      signal.throwIfAborted();
      // Listened for before it is looked at, so that nothing comes between.
      const change = nextChange(view, uuid, {
        signal: AbortSignal.any([signal, timeout]),
        everyMs: until === 'address' ? addressesEveryMs : null,
      });
      try {
        const instance = instances.get(uuid);
        if (instance === undefined) throw new ProtiumError('not-found', `There is no instance "${uuid}".`);
        const reach = await instances.reach(uuid);
        const running = instance.state === 'running';
        if (isReached(until, running, reach)) return { reached: true, instance, reach };
        if (until === 'agent' && running && view.domain(uuid)?.agentConnected === null)
          throw noAgent(instance);
        if (wasRunning && (instance.state === 'shutoff' || instance.state === 'crashed'))
          throw stopped(instance);
        wasRunning ||= running;
        if (timeout.aborted) return { reached: false, instance, reach };
        await change.happened;
      } finally {
        change.stop();
      }
    }
  };
}

function isReached(until: Milestone, running: boolean, { addresses, agentConnected }: Reach): boolean {
  switch (until) {
    case 'running':
      return running;
    case 'address':
      return addresses.length > 0;
    case 'agent':
      return agentConnected === true;
  }
}

/** Resolves at the next change of the domain, after `everyMs` at the latest, and when the signal comes. */
function nextChange(
  view: Pick<LiveView, 'onChange'>,
  uuid: string,
  { signal, everyMs }: { readonly signal: AbortSignal; readonly everyMs: number | null },
): { readonly happened: Promise<void>; readonly stop: () => void } {
  let happen = (): void => undefined;
  const happened = new Promise<void>((resolve) => (happen = resolve));
  const unsubscribe = view.onChange(({ kind, id }) => {
    if (kind === 'domain' && id === uuid) happen();
  });
  const timer = everyMs === null ? undefined : setTimeout(happen, everyMs);
  signal.addEventListener('abort', happen, { once: true });
  if (signal.aborted) happen();
  return {
    happened,
    stop() {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener('abort', happen);
    },
  };
}

function noAgent({ domain }: Instance): ProtiumError {
  return new ProtiumError(
    'state-conflict',
    `"${domain}" has no channel for qemu-guest-agent: make it with misc.qemu_agent true, or wait for an address.`,
    { details: { domain } },
  );
}

function stopped({ domain, state }: Instance): ProtiumError {
  return new ProtiumError('state-conflict', `"${domain}" does not run any more: it is ${state}.`, {
    details: { domain, state },
  });
}
