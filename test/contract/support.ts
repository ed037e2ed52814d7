import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { hostOfWorker } from '../host/hosts-of-run.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { virError } from '../../internal/libvirt/error-code.ts';
import { LibvirtError } from '../../internal/libvirt/error.ts';
import type { DomainRef } from '../../internal/libvirt/objects.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { createVirshClient } from '../../internal/libvirt/virsh/client.ts';
import { privateHost } from '../host/private-host.ts';

export interface Driver {
  readonly driver: 'rpc' | 'virsh';
  readonly open: (socket: string) => LibvirtClient;
  /** libvirt's test driver, in libvirtd: its state lives as long as somebody is connected. */
  readonly openTest: (socket: string) => LibvirtClient;
}

/** Every test of the contract runs with each of them. */
export const drivers: readonly Driver[] = [
  {
    driver: 'rpc',
    open: (socket) => createRpcClient({ uri: `qemu:///system?socket=${socket}` }),
    openTest: (socket) => createRpcClient({ uri: `test:///default?socket=${socket}` }),
  },
  {
    driver: 'virsh',
    open: (socket) => createVirshClient({ uri: `qemu:///system?socket=${socket}` }),
    openTest: (socket) => createVirshClient({ uri: `test+unix:///default?socket=${socket}` }),
  },
];

export interface Bench {
  /** The client under test. */
  readonly client: LibvirtClient;
  /** A folder for disks that QEMU can enter; gone after the tests. */
  readonly folder: string;
}

/** For one `describe`: a client of the driver on the run's private host, and a folder. */
export function bench({ open }: Driver): Bench {
  let client: LibvirtClient | undefined;
  let folder = '';
  beforeAll(async () => {
    const host = await privateHost(await hostOfWorker());
    client = open(host.socket);
    folder = await mkdtemp(path.join(host.directory, 'lib/images/'));
    await host.run('chmod', ['755', folder]);
  });
  afterAll(async () => {
    await client?.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get client() {
      if (client === undefined) throw new Error('the client is there from beforeAll on');
      return client;
    },
    get folder() {
      return folder;
    },
  };
}

/** Expects libvirt's own error with this code. */
export async function expectCode(answer: Promise<unknown>, code: number): Promise<void> {
  const error = await answer.then(
    () => 'no error',
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(LibvirtError);
  expect(error).toMatchObject({ code });
}

/** Ends and undefines a domain, whatever state the test left it in. */
export async function removeDomain(client: LibvirtClient, domain: DomainRef): Promise<void> {
  await ignore(client.domains.destroy(domain), virError.operationInvalid, virError.noDomain);
  await ignore(
    client.domains.undefine(domain, {
      managedSave: true,
      snapshotsMetadata: true,
      checkpointsMetadata: true,
      nvram: 'remove',
    }),
    virError.noDomain,
  );
}

async function ignore(answer: Promise<unknown>, ...codes: readonly number[]): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof LibvirtError) || !codes.includes(error.code)) throw error;
  }
}
