import { invalidArgument } from '../../errors/invalid-argument.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { PoolView } from '../../libvirt/live-view/views.ts';
import type { Operations } from '../../operations/operations.ts';
import type { PoolSource } from '../../storage/pools/pool-source.ts';
import type { Pools } from '../../storage/pools/pools.ts';
import {
  PoolsServiceClient,
  type CreatePoolRequest,
  type Pool,
  type PoolsServiceServer,
} from '../grpc/generated/protium/v1/pools.ts';
import { begun, changeOf, viewAge } from './begun.ts';
import { v1Service, type V1Service } from './service.ts';

export interface PoolsSource {
  readonly pools: Pools;
  readonly operations: Pick<Operations, 'get'>;
  readonly view: Pick<LiveView, 'status' | 'volumes'>;
}

/** protium.v1.PoolsService. */
export function poolsService({ pools, operations, view }: PoolsSource): V1Service {
  const encode = (pool: PoolView): Pool => ({
    name: pool.name,
    uuid: pool.uuid,
    state: pool.state,
    persistent: pool.persistent,
    autostart: pool.autostart,
    type: pool.type,
    targetPath: pool.targetPath ?? undefined,
    capacityBytes: pool.capacityBytes,
    allocationBytes: pool.allocationBytes,
    availableBytes: pool.availableBytes,
    volumeCount: view.volumes(pool.uuid).length,
  });
  const shown = (pool: PoolView): { pool: Pool } => ({ pool: encode(pool) });
  return v1Service<PoolsServiceServer>(PoolsServiceClient, {
    listPools: () => ({ pools: pools.list().map(encode), viewAgeMs: viewAge(view.status().ageMs) }),
    getPool: ({ pool }) => shown(pools.get(pool)),
    createPool: async (request) => {
      const { name, autostart = true } = request;
      const id = await pools.create({ name, source: sourceOf(request), autostart }, changeOf(request));
      return begun(operations, id);
    },
    updatePool: async ({ pool, autostart, validateOnly }) =>
      shown(await pools.setAutostart(pool, autostart, { validateOnly })),
    startPool: async ({ pool, validateOnly }) => shown(await pools.start(pool, { validateOnly })),
    stopPool: async ({ pool, validateOnly }) => shown(await pools.stop(pool, { validateOnly })),
    refreshPool: async ({ pool, validateOnly }) => shown(await pools.refresh(pool, { validateOnly })),
    deletePool: async ({ pool, validateOnly }) =>
      begun(operations, await pools.remove(pool, { validateOnly })),
  });
}

function sourceOf({ source }: CreatePoolRequest): PoolSource {
  switch (source?.$case) {
    case undefined:
      throw invalidArgument('dir', 'Say what the pool is made of: dir, fs, netfs, logical, zfs or rbd.');
    case 'dir':
      return { kind: 'dir', path: source.value.path };
    case 'fs': {
      const { device, format, mountPath } = source.value;
      return { kind: 'fs', device, format: format === '' ? null : format, mountPath };
    }
    case 'netfs': {
      const { host, directory, format, mountPath } = source.value;
      return { kind: 'netfs', host, directory, format: format === '' ? 'nfs' : format, mountPath };
    }
    case 'logical':
      return { kind: 'logical', group: source.value.group };
    case 'zfs':
      return { kind: 'zfs', dataset: source.value.dataset };
    case 'rbd': {
      const { cephPool, monitors, user, secretUuid } = source.value;
      const login = user === '' && secretUuid === '' ? null : { user, secretUuid };
      return { kind: 'rbd', cephPool, monitors: monitors.map(monitorOf), login };
    }
  }
}

/** `host`, `host:port` or `[IPv6]:port`. */
function monitorOf(text: string): { readonly name: string; readonly port?: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const name = bracketed ?? plain ?? text;
  return port === undefined ? { name } : { name, port: Number(port) };
}
