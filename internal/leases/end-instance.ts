import { fromLibvirt } from '../errors/from-libvirt.ts';
import type { Logger } from '../observability/log.ts';
import type { LeaseInstances } from './lease-instances.ts';
import type { LeaseRecord } from './lease-record.ts';
import type { TimedInstanceStore } from './timed-instance-store.ts';

/**
 * Ends the instance of a lease as was chosen: its guest is asked first, and given what is left of the grace. Resolves with what
 * a person should know, or null; rejects when it is still there and is to be tried again.
 */
export async function endInstance(
  lease: LeaseRecord,
  parts: {
    readonly instances: Pick<LeaseInstances, 'state' | 'stop' | 'snapshot' | 'remove'>;
    readonly timed: TimedInstanceStore;
    readonly now: () => number;
    readonly log: Pick<Logger, 'warn'>;
  },
): Promise<string | null> {
  const { instances, timed, now, log } = parts;
  const { instance, interval, graceMs, endAction } = lease;
  if (instance === null || instances.state(instance) === 'absent') return null;
  // From the moment that it is off it has no part of the host any more.
  timed.put({
    instance,
    kind: 'released',
    owner: lease.owner,
    name: lease.name,
    demand: lease.demand,
    devices: lease.devices,
    since: now(),
    until: null,
    warned: null,
  });
  const problems: string[] = [];
  if (instances.state(instance) === 'on') {
    const { forced } = await instances.stop(instance, Math.max(0, interval.end + graceMs - now()));
    if (forced) problems.push('The guest did not shut down within its grace: it was switched off.');
  }
  if (endAction === 'snapshot') {
    const name = `lease-${lease.id.slice(0, 8)}`;
    try {
      await instances.snapshot(instance, name, `The end of the lease "${lease.name}"`);
    } catch (error) {
      // It is a matter of seconds.
      if (fromLibvirt(error, 'take the snapshot').code === 'libvirt-unavailable') throw error;
      // The room is given back all the same; the disks are as they were.
      log.warn({ err: error, lease: lease.id }, 'no snapshot could be taken at the end of a lease');
      problems.push(`No snapshot could be taken: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (endAction === 'delete') {
    await instances.remove(instance);
    timed.remove(instance);
  }
  return problems.length === 0 ? null : problems.join(' ');
}
