import type { TestProject } from 'vitest/node';
import { removeOrphanedHosts, startPrivateHost, type PrivateHost } from './private-host.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Sockets of the libvirtds of the run's private hosts, one a worker: see hosts-of-run.ts. */
    libvirtSockets: string[];
    /** Names of the run's private hosts, one a worker. */
    privateHosts: string[];
  }
}

/** Gives every worker of a project a private libvirt host for the run, and ends them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeOrphanedHosts();
  const hosts: PrivateHost[] = [];
  const down = async () => {
    await Promise.all(hosts.map((host) => host.down()));
  };
  try {
    for (let worker = 1; worker <= project.config.maxWorkers; worker += 1) {
      const host = await startPrivateHost(`protium-test-${process.pid}-${project.name}${worker}`);
      hosts.push(host);
      // libvirtd probes QEMU at the first connection, for seconds: not within the first test's deadline.
      await host.run('virsh', ['-c', 'qemu:///system', 'version']);
    }
  } catch (error) {
    await down();
    throw error;
  }
  project.provide(
    'libvirtSockets',
    hosts.map(({ socket }) => socket),
  );
  project.provide(
    'privateHosts',
    hosts.map(({ name }) => name),
  );
  return down;
}
