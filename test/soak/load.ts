import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { SoakClient } from './http.ts';

/** One kind of thing that clients do. */
export interface Deed {
  readonly name: string;
  /** How often, compared with the others. */
  readonly weight: number;
  /** `number` differs at each call. Whether it succeeds is no matter here: what it leaves behind is. */
  do(number: number): Promise<unknown>;
}

const mib = 1024 ** 2;
const config = { slots: 1, ramsize: 64, overprovision: 10, has_network: false, volumes: [{ size_gb: 0.1 }] };
/** So many VMs come and go. */
const places = 4;

export function deeds(http: SoakClient, grpcSocket: string, pool: string): readonly Deed[] {
  const grpc = new Client(`unix:${grpcSocket}`, credentials.createInsecure());
  const pass = (bytes: Buffer): Buffer => bytes;
  const grpcCall = (path: string, deadlineMs = 10_000): Promise<void> =>
    new Promise((resolve) => {
      const options = { deadline: Date.now() + deadlineMs };
      grpc.makeUnaryRequest(path, pass, pass, Buffer.alloc(0), new Metadata(), options, () => resolve());
    });
  /** Listens for a moment, and goes away. */
  const grpcListen = (path: string, forMs: number): Promise<void> =>
    new Promise((resolve) => {
      const stream = grpc.makeServerStreamRequest(path, pass, pass, Buffer.alloc(0), new Metadata());
      stream.on('data', () => undefined);
      stream.on('error', () => undefined);
      stream.on('end', resolve);
      stream.on('close', resolve);
      stream.on('status', () => resolve());
      setTimeout(() => stream.cancel(), forMs);
    });
  const instance = (number: number): string => `soak-${number % places}`;
  const reads = [
    '/health',
    '/metrics',
    '/v1/instances',
    '/v1/domains',
    '/v1/host',
    '/v1/flavors',
    '/v1/pools',
    '/v1/volumes',
    '/v1/networks',
    '/v1/operations?pageSize=20',
    '/v1/images',
    '/v1/leases',
    '/v1/usage',
    '/statusjson',
    '/running',
    '/v1/host/doctor',
    '/docs',
  ];
  const gpueater = [
    'image_list',
    'instance_list',
    'ssh_key_list',
    'launch_ondemand_list',
    'port_list',
    'invoice_list',
  ];
  const methods = [
    'protium.v1.InstancesService/ListInstances',
    'protium.v1.HostService/GetHost',
    'protium.v1.VolumesService/ListVolumes',
    'grpc.health.v1.Health/Check',
    'manager.ManagerService/CreateDomain',
  ];
  const at = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;
  return [
    { name: 'reads', weight: 30, do: (number) => http.call('GET', at(reads, number)) },
    {
      name: 'GPUEater',
      weight: 8,
      do: (number) =>
        http.call('GET', `/console/servers/${at(gpueater, number)}`, undefined, {
          'User-Agent': 'NodeJS-API',
        }),
    },
    { name: 'gRPC', weight: 10, do: (number) => grpcCall(`/${at(methods, number)}`) },
    {
      name: 'gRPC streams left',
      weight: 5,
      do: (number) => grpcListen('/protium.v1.EventsService/WatchEvents', number % 50),
    },
    {
      name: 'events left',
      weight: 5,
      do: (number) => http.abandon('GET', '/v1/events', undefined, number % 60),
    },
    {
      name: 'bodies left',
      weight: 5,
      do: (number) =>
        http.abandon(
          'POST',
          '/v1/instances',
          { name: 'left', config, padding: 'x'.repeat(5000) },
          number % 2,
        ),
    },
    {
      name: 'what is wrong',
      weight: 6,
      do: () => http.call('POST', '/v1/pools', { name: '../x', type: ']]>' }),
    },
    { name: 'AtomOS', weight: 4, do: () => http.call('POST', '/canallocate', config) },
    {
      name: 'volumes',
      weight: 6,
      async do(number) {
        const name = `soak-${number % 7}.qcow2`;
        await http.finish('POST', `/v1/volumes/${pool}`, { name, sizeBytes: mib });
        await http.finish('POST', `/v1/volumes/${pool}/${name}/resize`, { sizeBytes: 2 * mib });
        await http.finish('DELETE', `/v1/volumes/${pool}/${name}`);
      },
    },
    {
      name: 'uploads left',
      weight: 3,
      do: (number) =>
        http.abandon('PUT', `/v1/images/soak-${number % 3}/content`, 'x'.repeat(mib), number % 30),
    },
    {
      name: 'instances made',
      weight: 5,
      do: (number) => http.finish('POST', '/v1/instances', { name: instance(number), config }),
    },
    {
      name: 'instances stopped',
      weight: 3,
      do: (number) => http.finish('POST', `/v1/instances/${instance(number)}/stop`, { force: true }),
    },
    {
      name: 'instances started',
      weight: 3,
      do: (number) => http.finish('POST', `/v1/instances/${instance(number)}/start`, {}),
    },
    {
      name: 'instances deleted',
      weight: 4,
      do: (number) => http.finish('DELETE', `/v1/instances/${instance(number)}`),
    },
    {
      name: 'networks',
      weight: 2,
      async do(number) {
        const name = `soaknet-${number % 3}`;
        await http.finish('POST', '/v1/networks', { name, mode: 'isolated' });
        await http.finish('DELETE', `/v1/networks/${name}`);
      },
    },
    {
      name: 'snapshots',
      weight: 2,
      async do(number) {
        await http.finish('POST', `/v1/instances/${instance(number)}/snapshots`, { name: 'soak' });
        await http.finish('DELETE', `/v1/instances/${instance(number)}/snapshots/soak`);
      },
    },
    {
      name: 'consoles',
      weight: 3,
      do: (number) =>
        http.call('POST', `/v1/instances/${instance(number)}/consoles/ticket`, {
          kind: 'CONSOLE_KIND_SERIAL',
        }),
    },
    {
      name: 'displays',
      weight: 2,
      do: (number) => http.call('GET', `/v1/instances/${instance(number)}/screenshot`),
    },
  ];
}
