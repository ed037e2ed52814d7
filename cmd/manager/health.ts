import { statfs } from 'node:fs/promises';
import type { HealthCheck, HealthReport } from '../../internal/api/http/health.ts';
import type { LiveViewStatus } from '../../internal/libvirt/live-view/live-view.ts';
import type { BuildInfo } from './build-info.ts';

export interface HealthSources {
  readonly build: BuildInfo;
  readonly instanceId: string;
  readonly view: { status(): LiveViewStatus };
  /** Directories whose file systems must have room: the state, the working directory. */
  readonly directories: readonly string[];
}

const mib = 1024 * 1024;
/** Below the first, SQLite and libvirt soon fail to write; below the second, an image hardly fits. */
const freeSpace = { fail: 64 * mib, warn: 1024 * mib };
/** An event that waits longer than this means that lists lag visibly behind. */
const lagWarnMs = 2000;

/** What `/health` answers: the truth about libvirt, the events and the disk space, under the original's keys. */
export async function healthReport(sources: HealthSources): Promise<HealthReport> {
  const time = new Date().toISOString();
  const status = sources.view.status();
  const checks: Record<string, readonly HealthCheck[]> = {
    'libvirt:connection': [
      {
        componentType: 'system',
        status: status.connected ? 'pass' : 'fail',
        observedValue: status.connected ? 'connected' : 'disconnected',
        ...(status.error === null ? {} : { output: status.error }),
        time,
      },
    ],
    'libvirt:eventLag': [
      {
        componentType: 'system',
        status: status.eventLagMs.now > lagWarnMs ? 'warn' : 'pass',
        observedValue: status.eventLagMs.now,
        observedUnit: 'ms',
        time,
      },
    ],
    'disk:freeSpace': await Promise.all(sources.directories.map((directory) => freeSpaceOf(directory, time))),
  };
  return {
    status: worst(Object.values(checks).flat()),
    version: sources.build.version,
    commit: sources.build.commit ?? '',
    description: 'manager service',
    build_time: sources.build.buildTime ?? '',
    instance_id: sources.instanceId,
    checks,
  };
}

async function freeSpaceOf(directory: string, time: string): Promise<HealthCheck> {
  try {
    const { bavail, bsize } = await statfs(directory);
    const free = bavail * bsize;
    return {
      componentType: 'datastore',
      status: free < freeSpace.fail ? 'fail' : free < freeSpace.warn ? 'warn' : 'pass',
      observedValue: Math.floor(free / mib),
      observedUnit: 'MiB',
      output: directory,
      time,
    };
  } catch (error) {
    return { componentType: 'datastore', status: 'fail', output: String(error), time };
  }
}

function worst(checks: readonly HealthCheck[]): HealthReport['status'] {
  if (checks.some(({ status }) => status === 'fail')) return 'fail';
  return checks.some(({ status }) => status === 'warn') ? 'warn' : 'pass';
}
