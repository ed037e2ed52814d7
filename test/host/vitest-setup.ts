import type { TestProject } from 'vitest/node';
import { removeOrphanedHosts, startPrivateHost } from './private-host.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Socket of the libvirtd of the run's private host. */
    libvirtSocket: string;
    /** Name of the run's private host, for `privateHost(name)` of private-host.ts. */
    privateHost: string;
  }
}

/** Gives every run of a project one private libvirt host, and ends it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeOrphanedHosts();
  const host = await startPrivateHost(`protium-test-${process.pid}-${project.name}`);
  try {
    // libvirtd probes QEMU at the first connection, for seconds: not within the first test's deadline.
    await host.run('virsh', ['-c', 'qemu:///system', 'version']);
  } catch (error) {
    await host.down();
    throw error;
  }
  project.provide('libvirtSocket', host.socket);
  project.provide('privateHost', host.name);
  return () => host.down();
}
