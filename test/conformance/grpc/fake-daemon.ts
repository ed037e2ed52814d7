import { pino } from 'pino';
import { createGrpcServer } from '../../../internal/api/grpc/server.ts';
import { allServices, type ServiceSources } from '../../../internal/api/grpc/services.ts';
import type { Computation } from '../../../internal/computations/model.ts';
import { openGrpcDoor } from '../../unit/api/door/open-door.ts';
import { validate } from '../../../internal/computations/validate.ts';
import { computationsService } from '../../../internal/api/v1/computations.ts';
import { domainsService } from '../../../internal/api/v1/domains.ts';
import { operationsService } from '../../../internal/api/v1/operations.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import type { OperationRecord } from '../../../internal/operations/model.ts';

const log = pino({ level: 'silent' });

const succeeded: OperationRecord = {
  id: 'op-1',
  kind: 'domain.create',
  state: 'succeeded',
  resources: ['domain/alpine'],
  input: {},
  result: { name: 'alpine' },
  error: null,
  steps: [],
  progress: { completedSteps: 2, totalSteps: 2, fraction: 1, message: 'done' },
  cancelRequested: false,
  owner: null,
  createdAt: '2026-01-02T03:04:05.678Z',
  updatedAt: '2026-01-02T03:04:07.000Z',
  endedAt: '2026-01-02T03:04:07.000Z',
};

const computation: Computation = {
  id: 'c1',
  form: 'blob',
  manifest: null,
  payloadBytes: 3,
  state: 'stored',
  agentAnswer: null,
  failure: null,
  createdAt: 1_000,
  updatedAt: 1_000,
  expiresAt: 3_601_000,
  deliverBy: null,
};

const domain = {
  name: 'alpine',
  uuid: 'c7a5fdbd-cdaf-9455-926a-d65c16db1809',
  id: 7,
  state: 'running',
  persistent: true,
  autostart: false,
  memoryKiB: 786432,
  vcpus: 1,
  title: null,
} as const;

const sources: Omit<ServiceSources, 'log'> = {
  cocos: {
    emptyErrors: false,
    useCases: {
      createDomain: async ({ pool, domain: document }, { signal }) => {
        if (pool === 'missing.xml') {
          throw new ProtiumError('file-not-found', 'missing.xml cannot be read.', {
            details: { path: 'missing.xml' },
          });
        }
        // What takes for ever, until the client's deadline.
        if (pool === 'slow.xml') await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return { name: `made from ${document}`, notices: ['no KVM here'] };
      },
      run: (input) => {
        validate(input);
        const id = input.form === 'blob' ? Buffer.from(input.computation).toString() : input.manifest.name;
        return Promise.resolve({ id: `${input.form} ${id}` });
      },
    },
  },
  v1: [
    domainsService({
      domains: () => [domain],
      domain: (wanted) => (wanted === domain.name ? domain : undefined),
      status: () => ({ ageMs: 0 }),
      ownerOf: () => null,
    }),
    operationsService({
      get: (id) => (id === succeeded.id ? succeeded : undefined),
      list: () => ({ operations: [succeeded], next: null }),
      cancel: () => Promise.reject(new ProtiumError('state-conflict', 'It has ended.')),
      requireCancellable: () => {
        throw new ProtiumError('state-conflict', 'It has ended.');
      },
      wait: () => Promise.resolve(succeeded),
      changes: async function* () {
        await Promise.resolve();
        yield { ...succeeded, state: 'running', result: null, endedAt: null };
        yield succeeded;
      },
    }),
    computationsService({
      list: () => ({ computations: [computation], next: null }),
      get: (id) => (id === computation.id ? computation : undefined),
      payload: () => Buffer.from('abc'),
      remove: () => undefined,
    }),
  ],
  health: { serving: () => true, onChange: () => () => undefined },
};

/** The daemon's gRPC side over use cases that need no host; on a free loopback port. */
export async function startFakeDaemon(): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const server = createGrpcServer({
    services: allServices({ log, ...sources }),
    door: openGrpcDoor,
    log,
  });
  const port = await server.listen('127.0.0.1', 0);
  return { address: `127.0.0.1:${port}`, stop: () => server.stop(0) };
}
