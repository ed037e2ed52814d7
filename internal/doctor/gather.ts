import { access, constants } from 'node:fs/promises';
import { hasProgram } from '../host/find-program.ts';
import { describeError } from '../observability/describe-error.ts';
import type { HostFacts } from '../host/facts.ts';
import type { DeviceCondition } from '../placement/claim.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { Evidence } from './evidence.ts';
import { gatherForwarding } from './gather-forwarding.ts';
import { gatherKvm } from './gather-kvm.ts';

export interface DoctorOptions {
  /** Where the machine's /sys, /proc and /dev are: `/`. */
  readonly root: string;
  readonly libvirtUri: string;
  readonly view: Pick<LiveView, 'status' | 'networks' | 'pools'>;
  /** Reads the host now; rejects where that cannot be done. */
  readonly readHost: () => Promise<HostFacts>;
  /** Devices that must not be given out, by these facts. */
  readonly conditions: (facts: HostFacts) => readonly DeviceCondition[];
  readonly storage: Evidence['storage'];
  readonly floating: Evidence['floating'];
  /** Asks the other hosts; never rejects. */
  readonly migrationTargets: () => Promise<Evidence['migrationTargets']>;
  /** Directories that the daemon writes to. */
  readonly directories: readonly string[];
}

/** Looks at everything that the checks want to know. Never rejects: what cannot be looked at is told as such. */
export async function gatherEvidence(options: DoctorOptions): Promise<Evidence> {
  const { root, view, storage } = options;
  const [host, kvm, forwarding, unwritable, virtSysprep, dhcpRelease, migrationTargets] = await Promise.all([
    options.readHost().then(
      (facts) => ({ facts, error: null }),
      (error: unknown) => ({ facts: null, error: describeError(error).message }),
    ),
    gatherKvm(root),
    gatherForwarding(root),
    Promise.all(
      options.directories.map(async (directory) => ((await isWritable(directory)) ? [] : [directory])),
    ),
    hasProgram('virt-sysprep'),
    hasProgram('dhcp_release'),
    options.migrationTargets(),
  ]);
  const { connected, error } = view.status();
  return {
    host: host.facts,
    hostError: host.error,
    conditions: host.facts === null ? [] : options.conditions(host.facts),
    libvirt: { uri: options.libvirtUri, connected, error },
    kvm,
    networks: view.networks(),
    pools: view.pools(),
    storage,
    forwarding,
    tools: { virtSysprep, dhcpRelease },
    floating: options.floating,
    migrationTargets,
    permissions: { userId: process.getuid?.() ?? 0, unwritable: unwritable.flat() },
  };
}

async function isWritable(file: string): Promise<boolean> {
  try {
    await access(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
