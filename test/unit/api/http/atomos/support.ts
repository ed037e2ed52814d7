import { sleepingParts, sleepingV1 } from '../sleeping-v1.ts';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { createAtomosApp, createHttpApp } from '../../../../../internal/api/http/app.ts';
import type { HostFacts } from '../../../../../internal/host/facts.ts';
import type { Images } from '../../../../../internal/images/image.ts';
import type { GuestAddress } from '../../../../../internal/instances/addresses.ts';
import type {
  HostSituation,
  Instance,
  Instances,
  RegisterRequest,
  UnregisterRequest,
} from '../../../../../internal/instances/instance.ts';
import { finding } from '../../../../../internal/doctor/finding.ts';
import { createLog } from '../../../../../internal/observability/log.ts';
import { Metrics } from '../../../../../internal/observability/metrics.ts';
import { planPlacement } from '../../../../../internal/placement/place.ts';
import type { PlacementInput } from '../../../../../internal/placement/plan.ts';
import type { Claim } from '../../../../../internal/placement/claim.ts';
import { withoutSecrets } from '../../../../../internal/spec/specfile.ts';
import type { Spec } from '../../../../../internal/spec/spec.ts';
import { card, inputFor, machine } from '../../../placement/hosts.ts';
import { noFailedLogins, openDoor } from '../../door/open-door.ts';
import { nobody } from '../gpueater/nobody.ts';
import { unowned } from '../../../ownership/owners.ts';
import { noObjects } from '../../../authorization/no-objects.ts';
import { noImages } from '../no-images.ts';
import { noLimits } from '../../../rate-limits/no-limits.ts';
import { noAudit } from '../../../audit/no-audit.ts';
import { runningOperation } from '../running-operation.ts';

/** As the machine of AtomOS's own documents: 32 cores, ECC, two graphics cards with their audio. */
export const seedHost: HostFacts = machine({
  coresPerNode: 32,
  memoryMib: 101_152,
  pci: [...card('0000:01:00', 1), ...card('0000:02:00', 2)],
});

export interface FakeInstances extends Instances {
  readonly registers: RegisterRequest[];
  readonly unregisters: UnregisterRequest[];
  /** What `situation`, `check` and `register` throw; null: they work. */
  failure: Error | null;
  claims: readonly Claim[];
  /** Of every VM. */
  addresses: readonly GuestAddress[];
  revision: number;
  situations: number;
}

/** Instances that are placed truly and exist only here. */
export function fakeInstances(host: HostFacts = seedHost): FakeInstances {
  const made: Instance[] = [];
  const { networks, volumes, images, media, policy } = inputFor(host, { slots: 1, ramsize: 512 });
  const input = (spec: Spec): PlacementInput => ({
    spec,
    host,
    claims: fake.claims,
    conditions: [],
    networks,
    volumes,
    images,
    media,
    policy,
  });
  const fake: FakeInstances = {
    registers: [],
    unregisters: [],
    failure: null,
    claims: [],
    addresses: [],
    revision: 1,
    situations: 0,
    uuidOfUnmade: () => undefined,
    check(spec) {
      if (fake.failure !== null) return Promise.reject(fake.failure);
      return Promise.resolve(planPlacement(input(spec)));
    },
    register(request) {
      if (fake.failure !== null) return Promise.reject(fake.failure);
      fake.registers.push(request);
      const answer = planPlacement(input(request.spec));
      if (!answer.ok) return Promise.resolve({ outcome: 'refused', refusal: answer.refusal });
      const uuid = `00000000-0000-4000-8000-${String(made.length).padStart(12, '0')}`;
      const instance: Instance = {
        uuid,
        domain: `vm-${made.length}`,
        name: request.name,
        owner: request.owner,
        spec: withoutSecrets(request.spec),
        plan: answer.plan,
        state: 'running',
        sshHostKeys: ['ssh-ed25519 AAAA'],
        saved: false,
        createdAt: '2026-02-03T04:05:06.000Z',
        autostart: false,
        description: null,
        createdVolumes: [],
        etag: `digest-${made.length}`,
      };
      made.unshift(instance);
      return Promise.resolve({
        outcome: 'registered',
        instance,
        xml: '<domain/>',
        notices: answer.plan.warnings,
        repeated: false,
      });
    },
    unregister(request) {
      fake.unregisters.push(request);
      const at = made.findIndex(({ uuid, owner }) => uuid === request.uuid && owner === request.owner);
      if (at === -1) return Promise.resolve({ outcome: 'refused', reason: 'told in the log alone' });
      made.splice(at, 1);
      return Promise.resolve({
        outcome: 'unregistered',
        keptVolumes: ['kept'],
        notices: ['a card is stuck'],
      });
    },
    begin: () => Promise.reject(new Error('asleep')),
    tryBegin: () => Promise.reject(new Error('asleep')),
    remove: () => Promise.reject(new Error('asleep')),
    tryRemove: () => Promise.reject(new Error('asleep')),
    list: (owner) => made.filter((instance) => owner === undefined || instance.owner === owner),
    get: (uuid) => made.find((instance) => instance.uuid === uuid),
    reach: () =>
      Promise.resolve({ addresses: fake.addresses, agentConnected: true, readiness: 'agentConnected' }),
    situation(): HostSituation {
      if (fake.failure !== null) throw fake.failure;
      fake.situations += 1;
      return { facts: host, claims: fake.claims, conditions: [], policy, revision: String(fake.revision) };
    },
  };
  return fake;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly json: () => Record<string, unknown>;
}

export interface TestServer {
  call(
    method: string,
    path: string,
    body?: string | Buffer | object,
    headers?: http.OutgoingHttpHeaders,
  ): Promise<Answer>;
  close(): Promise<void>;
}

function scope() {
  return {
    door: openDoor(),
    failedLogins: noFailedLogins,
    log: createLog({ level: 'error', format: 'json' }).child({}, { level: 'silent' }),
    metrics: new Metrics({
      domainsByState: () => new Map(),
      eventLagMs: () => 0,
      connected: () => true,
    }),
  };
}

/** The application of the second listener. */
export function serveAtomos(instances: Instances): Promise<TestServer> {
  return serve(
    createAtomosApp({
      ...scope(),
      audit: noAudit,
      limits: noLimits,
      atomos: { instances, objects: noObjects, version: '1.2.3' },
    }),
  );
}

/** The application of the first, with everything else asleep. */
export function serveAll(instances: Instances, images: Images = noImages): Promise<TestServer> {
  return serve(appOfAll(instances, images));
}

export function appOfAll(instances: Instances, images: Images = noImages): Express {
  const asleep = { get: () => undefined, list: () => ({ computations: [], next: null }) };
  const never = () => Promise.reject(new Error('asleep'));
  const examineHost = () => Promise.resolve([finding('kvm', 'problem', 'No KVM.', { fix: 'Turn it on.' })]);
  return createHttpApp({
    ...scope(),
    audit: noAudit,
    limits: noLimits,
    atomos: { instances, objects: noObjects, version: '1.2.3' },
    cocos: {
      emptyErrors: false,
      useCases: {
        createDomain: () => Promise.resolve({ name: 'of-cocos', notices: [] }),
        run: () => Promise.resolve({ id: 'of-cocos' }),
      },
    },
    computations: { ...asleep, remove: () => undefined },
    volumeContents: { upload: never, content: never },
    v1: sleepingV1({
      images: {
        images,
        owned: unowned(images),
        ownerOf: () => null,
        operations: { get: runningOperation },
      },
      instances: {
        instances,
        lifecycle: { start: never, stop: never, power: never },
        update: never,
        changes: sleepingParts,
        wait: never,
        keyPairs: { publicKeys: () => [] },
        operations: { get: () => undefined },
        uuidOf: (named) => instances.get(named)?.uuid,
      },
      host: { instances, ownerOf: () => null, examineHost },
    }),
    examineHost,
    gpueater: nobody,
    images: unowned(images),
    inventory: {} as never,
    health: () => ({
      status: 'pass',
      version: '1',
      commit: 'c',
      description: 'manager service',
      build_time: 't',
      instance_id: 'i',
      checks: {},
    }),
  });
}

/** What the native API asks for, unless a test says otherwise. */
function ofBody(path: string, body: unknown): http.OutgoingHttpHeaders {
  return path.startsWith('/v1/') && body !== undefined ? { 'Content-Type': 'application/json' } : {};
}

async function serve(app: Express): Promise<TestServer> {
  const server = http.createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new http.Agent({ keepAlive: true });
  return {
    call: (method, path, body, headers = ofBody(path, body)) =>
      new Promise((resolve, reject) => {
        const bytes =
          body === undefined
            ? undefined
            : Buffer.from(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
        const length = bytes === undefined ? {} : { 'Content-Length': bytes.length };
        const request = http.request(
          { host: '127.0.0.1', port, method, path, headers: { ...length, ...headers }, agent },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', reject);
            response.on('end', () => {
              const text = Buffer.concat(chunks).toString();
              resolve({
                status: response.statusCode ?? 0,
                headers: response.headers,
                body: text,
                json: () => JSON.parse(text) as Record<string, unknown>,
              });
            });
          },
        );
        request.on('error', reject);
        request.end(bytes);
      }),
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
