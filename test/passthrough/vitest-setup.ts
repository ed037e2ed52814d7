import path from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { bootTestHost } from './boot.ts';
import { startDaemon } from './daemon.ts';
import { testHost, type TestHostAddress } from './test-host.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testHost: TestHostAddress;
  }
}

/** Gives the run one test host with a daemon that has read it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const image = path.resolve(import.meta.dirname, '../../.cache/passthrough');
  await execa(path.join(import.meta.dirname, 'image/build.sh'), [image], {
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
  });
  const booted = await bootTestHost(image);
  try {
    const host = testHost(booted.address);
    // libvirtd probes QEMU at the first question about it, for many seconds: not within a test's deadline.
    const probed = host.virsh('version').then(() => host.virsh('net-start', 'default'));
    await Promise.all([probed, startDaemon(host)]);
  } catch (error) {
    await booted.end();
    throw error;
  }
  project.provide('testHost', booted.address);
  return () => booted.end();
}
