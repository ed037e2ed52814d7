import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { orAbsent } from '../../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import { withoutEffect, type OperationDefinition, type Step } from '../../operations/definition.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { poolDocument } from './pool-document.ts';
import { directoryOf, type PoolSource } from './pool-source.ts';
import { poolLock, showPool } from './show-pool.ts';

/** The operation `pool.create`. */
export interface CreatePool {
  readonly input: { readonly name: string; readonly source: PoolSource; readonly autostart: boolean };
  readonly result: { readonly uuid: string; readonly name: string };
  readonly steps: {
    define: { intent: { uuid: string } };
    start: { intent: { directoryExisted: boolean } };
  };
}

/** Defines, builds and starts a pool. Undone, nothing is left of it; a directory that was there stays. */
export function createPool(
  client: LibvirtClient,
  view: Pick<LiveView, 'refresh'>,
): OperationDefinition<CreatePool> {
  const find = (uuid: string) => orAbsent(client.pools.lookupByUuid(uuid), virError.noStoragePool);
  const define: Step<CreatePool, 'define'> = {
    name: 'define',
    title: 'define the pool',
    async intent({ input }) {
      await requireFreePool(client, input.name, input.source);
      return { uuid: randomUUID() };
    },
    async do({ input }, { uuid }) {
      try {
        await client.pools.define(serializeXml(poolDocument({ name: input.name, uuid }, input.source)));
      } catch (error) {
        throw withoutEffect(fromLibvirt(error, 'define the pool'));
      }
    },
    async undo({ input }, { uuid }) {
      const pool = await find(uuid);
      if (pool !== null) await client.pools.undefine(pool);
      await showPool(client, view, input.name);
    },
    leftBehind: ({ input }) => `the pool "${input.name}": virsh pool-undefine ${input.name}`,
  };
  const start: Step<CreatePool, 'start'> = {
    name: 'start',
    title: 'start the pool',
    intent({ input }) {
      const directory = directoryOf(input.source);
      return { directoryExisted: directory === null || existsSync(directory) };
    },
    async do(run) {
      const { input } = run;
      try {
        const pool = await client.pools.lookupByUuid(run.data('define').uuid);
        // For these it makes the directory; of others it would make a file system or a group anew.
        if (directoryOf(input.source) !== null) await client.pools.build(pool);
        if (!(await client.pools.isActive(pool))) await client.pools.create(pool);
        await client.pools.setAutostart(pool, input.autostart);
      } catch (error) {
        throw fromLibvirt(error, 'start the pool');
      }
    },
    async undo(run, { directoryExisted }) {
      const pool = await find(run.data('define').uuid);
      if (pool === null) return;
      if (await client.pools.isActive(pool)) await client.pools.destroy(pool);
      // Removes the directory if it is empty, else nothing.
      if (!directoryExisted) await client.pools.delete(pool).catch(() => undefined);
    },
    leftBehind: ({ input }) => `the active pool "${input.name}": virsh pool-destroy ${input.name}`,
  };
  return {
    kind: 'pool.create',
    onRestart: 'undo',
    resources: ({ name }) => [poolLock(name)],
    steps: () => [define, start],
    async result(run) {
      await showPool(client, view, run.input.name);
      return { uuid: run.data('define').uuid, name: run.input.name };
    },
  };
}

/** @throws ProtiumError `already-exists` */
export async function requireFreePool(
  client: LibvirtClient,
  name: string,
  source: PoolSource,
): Promise<void> {
  const taken = await orAbsent(client.pools.lookupByName(name), virError.noStoragePool);
  if (taken !== null) throw new ProtiumError('already-exists', `There is a pool "${name}" already.`);
  const directory = directoryOf(source);
  const there =
    directory === null
      ? null
      : await orAbsent(client.pools.lookupByTargetPath(directory), virError.noStoragePool);
  if (there !== null) {
    throw new ProtiumError(
      'already-exists',
      `The directory "${directory ?? ''}" is the pool "${there.name}" already.`,
      {
        details: { pool: there.name },
      },
    );
  }
}
