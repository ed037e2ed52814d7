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
import { readConfigOnce } from '../../internal/spec/read-once.ts';
import { costRow, costs } from './cost.ts';
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
const rounds = 2000;

/** What authorisation adds to a request, on a host of a thousand instances and volumes. */
export async function benchAuthorization(): Promise<void> {
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
      const read = readConfigOnce(config);
      return read.ok ? read.spec : null;
    },
  } as unknown as ObjectSources;
  /** A creation reads its config, as the real one does. */
  const createInstance = ({ config }: { readonly config: object }) => readConfigOnce(config);
  const answers = ['InstancesService', 'AttachmentsService'].map((name): V1Service => ({
    name: `protium.v1.${name}`,
    definition: {},
    methods: { getInstance: () => 'answer', createInstance, attachVolume: () => 'answer' },
  }));
  const objects = createObjects(sources);
  const guarded = authorizedServices(answers, v1Policy, objects);
  const context = { requestId: 'r', caller, signal: new AbortController().signal };
  const config = {
    slots: 2,
    ramsize: 1024,
    volumes: [{ name: 'v-999.qcow2' }, { image: 'debian-12', size_gb: 10 }],
  };
  const row = async (
    what: string,
    service: number,
    method: string,
    /** One of its own each time, as if it was just decoded. */
    requestOf: () => object,
  ): Promise<Row> => {
    const [plain, checked] = [answers, guarded].map(
      (each) => each[service]?.methods[method] as unknown as (request: unknown, context: object) => unknown,
    );
    const found = await costs(
      rounds,
      requestOf,
      (request) => checked?.(request, context),
      (request) => plain?.(request, context),
    );
    return costRow(what, found);
  };
  const attach = { instance: 'vm-999', pool: 'p', volume: 'v-999.qcow2' };
  printTable('What authorisation adds to a request, beside 1000 VMs and volumes', [
    await row('a VM by name (GetInstance)', 0, 'getInstance', () => ({ instance: 'vm-999' })),
    await row('a VM and a volume (AttachVolume)', 1, 'attachVolume', () => ({ ...attach })),
    await row('a config (CreateInstance)', 0, 'createInstance', () => ({
      owner: '',
      name: 'new',
      config: structuredClone(config),
    })),
  ]);
  database.close();
}
