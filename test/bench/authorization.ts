import { authorizedServices } from '../../internal/api/v1/authorized-services.ts';
import type { V1Service } from '../../internal/api/v1/service.ts';
import { v1Policy } from '../../internal/authorization/policy/v1.ts';
import { createObjects, type ObjectSources } from '../../internal/authorization/find-objects.ts';
import type { Caller, Role } from '../../internal/identity/caller.ts';
import type { InstanceRecords } from '../../internal/instances/records.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import { createOwnership } from '../../internal/ownership/ownership.ts';
import { openDatabaseFile } from '../../internal/store/sqlite-database.ts';
import { createVolumeOwners } from '../../internal/subscriptions/volume-owners.ts';
import type { Instance } from '../../internal/instances/instance.ts';
import { readCanallocateBody } from '../../internal/spec/register-body.ts';
import { median, percentile, short } from './statistics.ts';
import { printTable, type Row } from './table.ts';

const project = 'a'.repeat(32);
const caller: Caller = {
  way: 'token',
  user: 'anna',
  administrator: false,
  roles: new Map(
    Array.from(
      { length: 20 },
      (_, index) => [index.toString(16).padStart(32, '0'), 'viewer'] as [string, Role],
    ),
  ).set(project, 'operator'),
  project,
  address: '192.0.2.7:50122',
};
const count = 1000;

/** What authorisation adds to a request, on a host of a thousand instances and volumes. */
export function benchAuthorization(): void {
  const database = openDatabaseFile(':memory:');
  const ownership = createOwnership(database);
  const uuidOf = (index: number) => `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`;
  const domains = new Map(
    Array.from({ length: count }, (_, index) => [
      uuidOf(index),
      { uuid: uuidOf(index), name: `vm-${index}` },
    ]),
  );
  const listed = [...domains.values()];
  const byName = new Map([...domains.values()].map((domain) => [domain.name, domain]));
  const volumes = Array.from({ length: count }, (_, index) => ({ pool: 'p', name: `v-${index}.qcow2` }));
  const sources = {
    view: {
      domain: (named: string) => domains.get(named) ?? byName.get(named),
      pool: () => ({ name: 'p', uuid: 'p' }),
      volumes: () => volumes,
    },
    instances: {
      get: (uuid: string) => (domains.has(uuid) ? ({ owner: project } as Instance) : undefined),
      uuidOfUnmade: () => undefined,
    },
    images: { get: (name: string) => ({ name }) },
    ownership,
    volumes: createVolumeOwners({
      view: {
        domains: () => listed,
        pool: () => undefined,
        volumes: () => [],
      } as unknown as LiveView,
      records: {
        of: ({ name }: { readonly name: string }) => ({
          owner: project,
          createdVolumes: [{ pool: 'p', name: `${name.replace('vm', 'v')}.qcow2` }],
        }),
      } as unknown as InstanceRecords,
      ownership,
    }),
    newVolumePool: 'p',
    volumeNamed: (_pool: string, name: string) => name,
    specOf(config: unknown) {
      const read = readCanallocateBody(config);
      return read.ok ? read.spec : null;
    },
  } as unknown as ObjectSources;
  const answers = ['InstancesService', 'AttachmentsService'].map((name): V1Service => ({
    name: `protium.v1.${name}`,
    definition: {},
    methods: { getInstance: () => 'answer', createInstance: () => 'answer', attachVolume: () => 'answer' },
  }));
  const objects = createObjects(sources);
  const guarded = authorizedServices(answers, v1Policy, objects);
  const context = { requestId: 'r', caller, signal: new AbortController().signal };
  const config = {
    slots: 2,
    ramsize: 1024,
    volumes: [{ name: 'v-999.qcow2' }, { image: 'debian-12', size_gb: 10 }],
  };
  const samplesOf = (service: number, method: string, request: object): readonly number[] => {
    const [plain, checked] = [answers, guarded].map(
      (each) => each[service]?.methods[method] as unknown as (request: object, context: object) => unknown,
    );
    const samples: number[] = [];
    for (let index = 0; index < 3000; index += 1) {
      const start = performance.now();
      plain?.(request, context);
      const between = performance.now();
      checked?.(request, context);
      samples.push(Math.max(0, performance.now() - between - (between - start)));
    }
    return samples.slice(1000);
  };
  const rows = (what: string, service: number, method: string, request: object): readonly Row[] => {
    const samples = samplesOf(service, method, request);
    const [half, most] = [median(samples), percentile(samples, 99)];
    return [
      { what: `${what}, p50`, value: `${short(half)} ms`, target: '0.3 ms', met: half <= 0.3 },
      { what: `${what}, p99`, value: `${short(most)} ms`, target: '0.3 ms', met: most <= 0.3 },
    ];
  };
  printTable('What authorisation adds to a request, beside 1000 VMs and volumes', [
    ...rows('a VM by name (GetInstance)', 0, 'getInstance', { instance: 'vm-999' }),
    ...rows('a VM and a volume (AttachVolume)', 1, 'attachVolume', {
      instance: 'vm-999',
      pool: 'p',
      volume: 'v-999.qcow2',
    }),
    ...rows('a config (CreateInstance)', 0, 'createInstance', { owner: '', name: 'new', config }),
  ]);
  database.close();
}
