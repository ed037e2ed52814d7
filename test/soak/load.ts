import type { SoakGrpc } from './grpc.ts';
import { outcomeOf, type SoakClient } from './http.ts';

/** @param outcome in a few words: `200`, `succeeded`, `429 rate-limited`, `left` */
export type Tell = (step: string, outcome: string) => void;

/** One kind of thing that clients do. */
export interface Deed {
  readonly name: string;
  /** How often, compared with the others. */
  readonly weight: number;
  /** The outcomes that it is there for; without: `2..`, `OK`, `succeeded`. Others come too, but not only. */
  readonly meant?: RegExp;
  /** `number` differs at each call. `tell` is called with what came of each step. */
  do(number: number, tell: Tell): Promise<void>;
}

const mib = 1024 ** 2;
/** Of the VMs that come and go. */
export const config = {
  slots: 1,
  ramsize: 64,
  overprovision: 10,
  has_network: false,
  volumes: [{ size_gb: 0.1 }],
};
/** Empty, with a boot sector: an image that can be taken. */
const disk = Buffer.alloc(mib);
disk.set([0x55, 0xaa], 510);
/** So many VMs come and go. */
const places = 4;

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
  '/running?client_uid=11111111-2222-4333-8444-555555555555',
  '/v1/host/doctor',
  '/docs',
];
const gpueater = [
  'images',
  'ondemand_launch_list',
  'instance_list',
  'ssh_keys',
  'snapshots',
  'invoice_list',
  'subscribed_list',
  'volume_list',
];
const methods = [
  'protium.v1.InstancesService/ListInstances',
  'protium.v1.HostService/GetHost',
  'protium.v1.VolumesService/ListVolumes',
  'grpc.health.v1.Health/Check',
  'manager.ManagerService/CreateDomain',
];

/** Where the daemon is, and what was made there for the load. */
export interface LoadTarget {
  readonly http: SoakClient;
  readonly grpc: SoakGrpc;
  readonly pool: string;
  /** `ID:SECRET`, of a user of GPUEater's dialect. */
  readonly accessKey: string;
}

export function deeds({ http, grpc, pool, accessKey }: LoadTarget): readonly Deed[] {
  const authorization = `Basic ${Buffer.from(accessKey).toString('base64')}`;
  // Scattered, so that each deed comes to an instance in every state.
  const instance = (number: number): string => `soak-${(Math.imul(number, 0x9e3779b1) >>> 16) % places}`;
  const at = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;
  return [
    {
      name: 'reads',
      weight: 30,
      async do(number, tell) {
        const route = at(reads, number);
        tell(route, outcomeOf(await http.call('GET', route)));
      },
    },
    {
      name: 'GPUEater',
      weight: 8,
      async do(number, tell) {
        const name = at(gpueater, number);
        const headers = { Authorization: authorization };
        tell(name, outcomeOf(await http.call('GET', `/console/servers/${name}`, undefined, headers)));
      },
    },
    {
      name: 'gRPC',
      weight: 10,
      async do(number, tell) {
        const method = at(methods, number);
        tell(method, await grpc.call(`/${method}`));
      },
    },
    {
      name: 'gRPC streams left',
      weight: 5,
      meant: /^CANCELLED$/,
      async do(number, tell) {
        tell('watch', await grpc.listen('/protium.v1.EventsService/WatchEvents', number % 50));
      },
    },
    {
      name: 'events left',
      weight: 5,
      meant: /^200$/,
      async do(number, tell) {
        tell('watch', await http.abandon('GET', '/v1/events', undefined, number % 60));
      },
    },
    {
      name: 'bodies left',
      weight: 5,
      meant: /^left$/,
      async do(number, tell) {
        const body = { name: 'left', config, padding: 'x'.repeat(5000) };
        tell('send', await http.abandon('POST', '/v1/instances', body, number % 2));
      },
    },
    {
      name: 'what is wrong',
      weight: 6,
      meant: /^400 /,
      async do(_number, tell) {
        tell('ask', outcomeOf(await http.call('POST', '/v1/pools', { name: '../x', type: ']]>' })));
      },
    },
    {
      name: 'AtomOS',
      weight: 4,
      async do(_number, tell) {
        tell('canallocate', outcomeOf(await http.call('POST', '/canallocate', config)));
      },
    },
    {
      name: 'volumes',
      weight: 6,
      async do(number, tell) {
        const name = `soak-${number % 7}.qcow2`;
        const route = `/v1/volumes/${pool}`;
        tell('make', await http.finish('POST', route, { name, sizeBytes: mib }));
        tell('resize', await http.finish('POST', `${route}/${name}/resize`, { sizeBytes: 2 * mib }));
        tell('delete', await http.finish('DELETE', `${route}/${name}`));
      },
    },
    {
      name: 'uploads left',
      weight: 3,
      meant: /^left$/,
      async do(number, tell) {
        const route = `/v1/images/left-${number % 3}/content`;
        tell('send', await http.abandon('PUT', route, disk, number % 30));
      },
    },
    {
      name: 'images',
      weight: 2,
      async do(number, tell) {
        const route = `/v1/images/soak-${number % 3}`;
        tell('upload', await http.finish('PUT', `${route}/content`, disk));
        tell('delete', await http.finish('DELETE', route));
      },
    },
    {
      name: 'instances',
      weight: 7,
      async do(number, tell) {
        tell('make', await http.finish('POST', '/v1/instances', { name: instance(number), config }));
      },
    },
    {
      name: 'instances stopped',
      weight: 3,
      async do(number, tell) {
        tell('stop', await http.finish('POST', `/v1/instances/${instance(number)}/stop`, { force: true }));
      },
    },
    {
      name: 'instances started',
      weight: 3,
      async do(number, tell) {
        tell('start', await http.finish('POST', `/v1/instances/${instance(number)}/start`, {}));
      },
    },
    {
      name: 'instances deleted',
      weight: 4,
      async do(number, tell) {
        tell('delete', await http.finish('DELETE', `/v1/instances/${instance(number)}`));
      },
    },
    {
      name: 'networks',
      weight: 2,
      async do(number, tell) {
        const name = `soaknet-${number % 3}`;
        tell('make', await http.finish('POST', '/v1/networks', { name, mode: 'isolated' }));
        tell('delete', await http.finish('DELETE', `/v1/networks/${name}`));
      },
    },
    {
      name: 'snapshots',
      weight: 2,
      async do(number, tell) {
        const route = `/v1/instances/${instance(number)}/snapshots`;
        tell('make', await http.finish('POST', route, { name: 'soak' }));
        tell('delete', await http.finish('DELETE', `${route}/soak`));
      },
    },
    {
      name: 'consoles',
      weight: 3,
      async do(number, tell) {
        const route = `/v1/instances/${instance(number)}/consoles/ticket`;
        tell('ticket', outcomeOf(await http.call('POST', route, { kind: 'CONSOLE_KIND_SERIAL' })));
      },
    },
    {
      name: 'displays',
      weight: 2,
      async do(number, tell) {
        const route = `/v1/instances/${instance(number)}/screenshot`;
        tell('screenshot', outcomeOf(await http.call('GET', route)));
      },
    },
  ];
}
