import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { Logger } from '../observability/log.ts';
import type { KeyedLock } from '../operations/keyed-lock.ts';
import type { DeviceCare } from './device-care.ts';

export interface DeviceSweepOptions {
  readonly care: DeviceCare;
  readonly view: Pick<LiveView, 'onChange' | 'domain' | 'status'>;
  /** Those of the operations: what one is working on is left to it. */
  readonly locks: KeyedLock;
  /** Resolves when nothing is left of what an earlier daemon began. */
  readonly ready: () => Promise<void>;
  /** Asks libvirt itself; a domain that is not there is not active. */
  readonly isActive: (uuid: string) => Promise<boolean>;
  readonly log: Logger;
  readonly againAfterMs?: number;
}

/**
 * Gives back the devices of domains that ended without our doing: the guest shut down, somebody used virsh, or it happened
 * while no daemon ran. Looks at the start and after each change of a domain, and again for as long as something is left.
 */
export function createDeviceSweep(options: DeviceSweepOptions): { stop(): void } {
  const { care, view, locks, ready, isActive, log, againAfterMs = 3000 } = options;
  const underway = new Set<string>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const giveBack = async (uuid: string): Promise<void> => {
    try {
      await ready();
      await locks.run([`instance/${uuid}`], async () => {
        if (stopped || (await isActive(uuid))) return;
        const left = await care.giveBack(uuid);
        log.info({ uuid, left }, 'a domain has ended: its devices were given back');
      });
    } catch (error) {
      log.warn({ err: error, uuid }, 'the devices of a domain could not be given back; it is tried again');
    } finally {
      underway.delete(uuid);
    }
  };
  const look = (): void => {
    clearTimeout(timer);
    const holders = stopped ? [] : care.holders();
    const known = view.status().ageMs !== null;
    const ended = holders.filter((uuid) => (view.domain(uuid)?.id ?? null) === null);
    for (const uuid of known ? ended : []) {
      if (underway.has(uuid)) continue;
      underway.add(uuid);
      void giveBack(uuid);
    }
    if (ended.length > 0) timer = setTimeout(look, againAfterMs).unref();
  };
  const unsubscribe = view.onChange(({ kind }) => {
    if (kind === 'domain') look();
  });
  look();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      unsubscribe();
    },
  };
}
