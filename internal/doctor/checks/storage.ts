import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

const gibibyte = 1024n ** 3n;
/** Below this, new images soon fail. */
const littleSpace = 5n * gibibyte;

/** The pool that new volumes are made in. */
export function checkPool({ libvirt, pools, storage }: Evidence): readonly Finding[] {
  if (!libvirt.connected)
    return [finding('pool', 'unknown', 'Pools are not known while libvirt cannot be reached.')];
  const pool = pools.find(({ name }) => name === storage.pool);
  if (pool === undefined) {
    return [
      finding(
        'pool',
        'note',
        `There is no pool "${storage.pool}" yet; Protium makes it in ${storage.directory} with the first volume.`,
      ),
    ];
  }
  if (pool.state !== 'running') {
    return [
      finding(
        'pool',
        'note',
        `The pool "${pool.name}" is not active; Protium starts it when a volume is needed.`,
        {
          fix: `virsh pool-start ${pool.name}`,
        },
      ),
    ];
  }
  const free = `${(pool.availableBytes / gibibyte).toString()} GiB of ${(pool.capacityBytes / gibibyte).toString()} GiB free`;
  return pool.availableBytes < littleSpace
    ? [
        finding('pool', 'warning', `The pool "${pool.name}" is nearly full: ${free}.`, {
          fix: `Remove volumes that nobody needs (virsh vol-list ${pool.name}), or give it more room.`,
        }),
      ]
    : [finding('pool', 'ok', `The pool "${pool.name}" has ${free}.`)];
}
