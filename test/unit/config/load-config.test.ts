import { describe, expect, it } from 'vitest';
import { loadConfig, type Surroundings } from '../../../internal/config/load-config.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';

const surroundings: Surroundings = { uid: 1000, workingDirectory: '/srv/vm', homeDirectory: '/home/anna' };

function load(env: NodeJS.ProcessEnv, argv: readonly string[] = []) {
  return loadConfig(env, argv, surroundings);
}

/** The problems that loadConfig lists. */
function problemsOf(env: NodeJS.ProcessEnv, argv: readonly string[] = []): readonly string[] {
  try {
    load(env, argv);
  } catch (error) {
    if (!(error instanceof ProtiumError)) throw error;
    expect(error.code).toBe('argument-invalid');
    const problems = error.details['problems'];
    if (!Array.isArray(problems)) throw new TypeError('no problems in the details', { cause: error });
    for (const problem of problems) expect(error.message).toContain(`- ${String(problem)}`);
    return problems.map(String);
  }
  return [];
}

describe('loadConfig without any variable', () => {
  it('listens on loopback with the ports and the agent of the Cocos manager', () => {
    const { settings, ...config } = load({});
    expect(config).toEqual({
      action: 'run',
      http: { hosts: ['127.0.0.1'], port: 9021, tls: null },
      httpNames: [],
      atomos: null,
      grpc: { hosts: ['127.0.0.1'], port: 7001, tls: null },
      log: { level: 'info', format: 'auto' },
      instanceId: null,
      libvirt: { uri: 'qemu:///system', driver: 'rpc' },
      stateDirectory: '/home/anna/.local/state/protium',
      hostRoot: '/',
      storage: { pool: 'protium', directory: '/var/lib/libvirt/images/protium' },
      regions: [{ id: 'local', pool: 'protium' }],
      migrationTargets: [],
      poolDirectories: ['/var/lib/libvirt/images', '/mnt', '/media', '/srv'],
      forwards: { address: '127.0.0.1', ports: { first: 20000, last: 20999 } },
      floating: { pool: [{ first: 172818433, last: 172818686 }], device: 'lo' },
      images: {
        pool: 'protium-images',
        directory: '/var/lib/libvirt/images/protium-images',
        catalogueFile: null,
        allowHttp: false,
        allowedHosts: [],
        maxBytes: 64 * 2 ** 30,
        maxVirtualBytes: 2 ** 41,
      },
      reservedMemoryMib: null,
      registerRetrySeconds: 600,
      subscriptions: { discount: 1, storagePerMonth: 0, addressPerMonth: 0 },
      allowedPaths: ['/srv/vm'],
      audit: { reads: false },
      leasesFile: null,
      bookingDataset: null,
      flavorsFile: null,
      cocos: { emptyErrors: false },
      agent: null,
      tracing: { tracesEndpoint: null, serviceName: 'protium' },
      allowInsecureRemote: false,
      warnings: [],
    });
    expect(settings.filter(({ from }) => from !== null)).toEqual([]);
  });

  it('is frozen to the last part', () => {
    const config = load({});
    const parts = [
      config,
      config.http,
      config.http.hosts,
      config.allowedPaths,
      config.settings,
      config.settings[0],
    ];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
  });

  it.each([
    [{ uid: 0 }, {}, '/var/lib/protium'],
    [{ uid: 0 }, { XDG_STATE_HOME: '/state' }, '/var/lib/protium'],
    [{ uid: 1000 }, { XDG_STATE_HOME: '/state' }, '/state/protium'],
    [{ uid: 1000 }, { XDG_STATE_HOME: 'relative' }, '/home/anna/.local/state/protium'],
    [{ uid: null }, {}, '/home/anna/.local/state/protium'],
    [{ uid: 0 }, { PROTIUM_STATE_DIRECTORY: 'state' }, '/srv/vm/state'],
  ])('keeps its state, as %j with %j, in %s', (who, env, directory) => {
    expect(loadConfig(env, [], { ...surroundings, ...who }).stateDirectory).toBe(directory);
  });
});

describe("AtomOS's port", () => {
  it('is served when it is given, with the certificate of the HTTP server', () => {
    const tls = { PROTIUM_HTTP_SERVER_CERT: '/c', PROTIUM_HTTP_SERVER_KEY: '/k' };
    expect(load({ PROTIUM_ATOMOS_PORT: '7777', ...tls }).atomos).toEqual({
      hosts: ['127.0.0.1'],
      port: 7777,
      tls: { certFile: '/c', keyFile: '/k' },
    });
  });

  it('stays on loopback unless that is accepted', () => {
    const env = { PROTIUM_ATOMOS_PORT: '7777', PROTIUM_ATOMOS_HOST: '0.0.0.0' };
    expect(problemsOf(env)).toEqual([
      expect.stringContaining('the AtomOS server would listen on 0.0.0.0, which is not loopback'),
    ]);
    expect(load({ ...env, PROTIUM_ALLOW_INSECURE_REMOTE: '1' }).atomos?.hosts).toEqual(['0.0.0.0']);
    expect(problemsOf({ PROTIUM_ATOMOS_HOST: '0.0.0.0' })).toEqual([]);
  });
});

describe('the generations of Cocos variables', () => {
  it('reads those of the first manager, whose gRPC port names the host too', () => {
    const config = load({
      CC_MANAGER_LOG_LEVEL: 'error',
      CC_MANAGER_HTTP_PORT: '9121',
      CC_MANAGER_SERVER_CERT: 'tls/cert.pem',
      CC_MANAGER_SERVER_KEY: '/etc/tls/key.pem',
      CC_MANAGER_SECRET: 'secret',
      CC_MANAGER_GRPC_PORT: 'localhost:7101',
      COCOS_COMPUTATIONS_AGENT_GRPC_URL: 'agent:7102',
      COCOS_COMPUTATIONS_AGENT_GRPC_TIMEOUT: '2s',
    });
    expect(config).toMatchObject({
      http: {
        hosts: ['127.0.0.1'],
        port: 9121,
        tls: { certFile: '/srv/vm/tls/cert.pem', keyFile: '/etc/tls/key.pem' },
      },
      grpc: { hosts: ['127.0.0.1'], port: 7101, tls: null },
      log: { level: 'error' },
      agent: { url: 'agent:7102', timeoutMs: 2000 },
      warnings: [],
    });
  });

  it('reads those of the libvirt manager', () => {
    const config = load({
      MANAGER_LOG_LEVEL: 'DEBUG',
      MANAGER_INSTANCE_ID: 'host-7',
      MANAGER_HTTP_HOST: '127.0.0.2',
      MANAGER_HTTP_PORT: '9221',
      MANAGER_GRPC_HOST: '::1',
      MANAGER_GRPC_PORT: '7201',
      MANAGER_GRPC_SERVER_CERT: '/c',
      MANAGER_GRPC_SERVER_KEY: '/k',
      AGENT_GRPC_URL: '[::1]:7202',
      AGENT_GRPC_TIMEOUT: '1m0.5s',
      AGENT_GRPC_CLIENT_TLS: 'true',
      AGENT_GRPC_CA_CERTS: 'ca.pem',
      MANAGER_COCOS_EMPTY_ERRORS: '1',
      MANAGER_ALLOWED_PATHS: '/srv/images/:/srv/iso:/srv/iso',
    });
    expect(config).toMatchObject({
      http: { hosts: ['127.0.0.2'], port: 9221, tls: null },
      grpc: { hosts: ['::1'], port: 7201, tls: { certFile: '/c', keyFile: '/k' } },
      log: { level: 'debug' },
      instanceId: 'host-7',
      agent: { url: '[::1]:7202', timeoutMs: 60_500, tls: { caFile: '/srv/vm/ca.pem' } },
      cocos: { emptyErrors: true },
      allowedPaths: ['/srv/vm', '/srv/images', '/srv/iso'],
    });
  });

  it('lets PROTIUM_ win over MANAGER_, and that over CC_MANAGER_', () => {
    const env: NodeJS.ProcessEnv = {
      CC_MANAGER_HTTP_PORT: '3',
      MANAGER_HTTP_PORT: '2',
      PROTIUM_HTTP_PORT: '1',
    };
    expect(load(env).http.port).toBe(1);
    expect(load({ ...env, PROTIUM_HTTP_PORT: '' }).http.port).toBe(2);
    expect(load({ ...env, PROTIUM_HTTP_PORT: undefined, MANAGER_HTTP_PORT: undefined }).http.port).toBe(3);
  });

  it.each([
    ['7301', undefined, ['127.0.0.1'], 7301],
    [':7301', undefined, ['127.0.0.1'], 7301],
    ['[::1]:7301', undefined, ['::1'], 7301],
    ['127.0.0.3:7301', '::1', ['::1'], 7301],
  ])('takes the gRPC port %s with host variable %s', (port, host, hosts, expected) => {
    const config = load({ CC_MANAGER_GRPC_PORT: port, PROTIUM_GRPC_HOST: host });
    expect(config.grpc).toEqual({ hosts, port: expected, tls: null });
  });

  it('says where each setting came from', () => {
    const { settings } = load({ CC_MANAGER_HTTP_PORT: '9121' });
    expect(settings).toContainEqual({
      name: 'PROTIUM_HTTP_PORT',
      value: '9121',
      from: 'CC_MANAGER_HTTP_PORT',
    });
    expect(settings).toContainEqual({ name: 'PROTIUM_GRPC_PORT', value: '7001', from: null });
  });
});

describe('warnings', () => {
  it.each([
    [{ CC_JAEGER_URL: 'localhost:6831' }, /^CC_JAEGER_URL: .*OTEL_EXPORTER_OTLP_ENDPOINT/],
    [{ MANAGER_JAEGER_URL: 'http://localhost:14268/api/traces' }, /^MANAGER_JAEGER_URL: .*OTLP/],
    [{ JAEGER_URL: 'localhost:6831' }, /^JAEGER_URL: .*OTLP/],
    [
      { MANAGER_QEMU_CPU: 'EPYC', MANAGER_QEMU_MACHINE: 'q35' },
      /^MANAGER_QEMU_CPU, MANAGER_QEMU_MACHINE: .*no effect/,
    ],
    [{ MANAGER_HTTP_HOST: '' }, /^MANAGER_HTTP_HOST is empty: .*loopback/],
    [{ PROTIUM_HTTP_PROT: '1' }, /^PROTIUM_HTTP_PROT is not a variable/],
    [{ AGENT_GRPC_CA_CERTS: '/ca' }, /^AGENT_GRPC_CA_CERTS has no effect/],
  ])('come once for %j', (env, warning) => {
    const { warnings } = load(env);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(warning);
  });

  it.each([
    [{ CC_MANAGER_SECRET: 'secret', MANAGER_SECRET: 'secret' }],
    [{ MANAGER_QEMU_CPU: '', CC_JAEGER_URL: '' }],
    [{ MANAGER_GRPC_HOST: '', PROTIUM_GRPC_HOST: '127.0.0.1' }],
    [{ PATH: '/bin', HOME: '/root', MANAGER_NAME: 'else' }],
    [{ PROTIUM_ADDRESS: 'vmhost:7001', PROTIUM_CA_CERTS: '/ca' }],
  ])('do not come for %j', (env) => {
    expect(load(env).warnings).toEqual([]);
  });
});

describe('problems', () => {
  it('are all listed, with variable, value and what is allowed', () => {
    expect(
      problemsOf(
        {
          MANAGER_HTTP_PORT: '70000',
          CC_MANAGER_GRPC_PORT: 'localhost',
          PROTIUM_LOG_LEVEL: 'loud',
          PROTIUM_LIBVIRT_DRIVER: 'native',
          AGENT_GRPC_TIMEOUT: '1',
          PROTIUM_HTTP_SERVER_CERT: '/c',
          MANAGER_ALLOWED_PATHS: 'images',
        },
        ['--port'],
      ),
    ).toEqual([
      'the argument "--port" is not known; --help lists what there is',
      'MANAGER_HTTP_PORT is "70000"; allowed: a port from 0 to 65535',
      'CC_MANAGER_GRPC_PORT is "localhost"; allowed: a port from 0 to 65535, or host:port',
      'PROTIUM_LIBVIRT_DRIVER is "native"; allowed: rpc or virsh',
      'MANAGER_ALLOWED_PATHS is "images"; allowed: absolute directories, separated by colons',
      'PROTIUM_LOG_LEVEL is "loud"; allowed: error, warn, info or debug',
      'AGENT_GRPC_TIMEOUT is "1"; allowed: a duration such as 500ms, 1s or 1m30s, at most 24h',
      'PROTIUM_HTTP_SERVER_CERT is given without PROTIUM_HTTP_SERVER_KEY; TLS needs both',
    ]);
  });

  it('do not show a value without end', () => {
    const [problem] = problemsOf({ PROTIUM_HTTP_PORT: 'x'.repeat(10_000) });
    expect(problem?.length).toBeLessThan(250);
  });

  it('refuse TLS to the agent without the certificates to check it', () => {
    expect(problemsOf({ AGENT_GRPC_CLIENT_TLS: '1' })).toEqual([
      'AGENT_GRPC_CLIENT_TLS is set without AGENT_GRPC_CA_CERTS; the agent could not be verified',
    ]);
  });

  it('refuse a key without its certificate', () => {
    expect(problemsOf({ MANAGER_GRPC_SERVER_KEY: '/k' })).toEqual([
      'PROTIUM_GRPC_SERVER_KEY is given without PROTIUM_GRPC_SERVER_CERT; TLS needs both',
    ]);
  });
});

describe('an address that is not loopback', () => {
  it.each([
    [{ MANAGER_HTTP_HOST: '0.0.0.0' }, 'HTTP', '0.0.0.0'],
    [{ PROTIUM_HTTP_HOST: '127.0.0.1,::' }, 'HTTP', '::'],
    [{ PROTIUM_GRPC_HOST: 'vmhost.example' }, 'gRPC', 'vmhost.example'],
    [{ CC_MANAGER_GRPC_PORT: '192.0.2.7:7001' }, 'gRPC', '192.0.2.7'],
    [
      { MANAGER_HTTP_HOST: '192.0.2.7', MANAGER_HTTP_SERVER_CERT: '/c', MANAGER_HTTP_SERVER_KEY: '/k' },
      'HTTP',
      '192.0.2.7',
    ],
  ])('is refused with %j', (env, server, host) => {
    const problems = problemsOf(env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`the ${server} server would listen on ${host}, which is not loopback`);
    expect(problems[0]).toContain('PROTIUM_ALLOW_INSECURE_REMOTE=1');
  });

  it('is taken when the operator accepts the risk', () => {
    const config = load({ PROTIUM_HTTP_HOST: '0.0.0.0, ::', PROTIUM_ALLOW_INSECURE_REMOTE: '1' });
    expect(config.http.hosts).toEqual(['0.0.0.0', '::']);
    expect(config.allowInsecureRemote).toBe(true);
  });

  it.each(['localhost', '127.9.9.9', '::1', '[::1]'])('is not %s', (host) => {
    expect(problemsOf({ PROTIUM_HTTP_HOST: host })).toEqual([]);
  });
});

describe('tracing', () => {
  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318' }, 'http://otel:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318/base/' }, 'http://otel:4318/base/v1/traces'],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel:4318',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://tempo/x',
      },
      'https://tempo/x',
    ],
  ])('with %j goes to %s', (env, endpoint) => {
    expect(load(env).tracing.tracesEndpoint).toBe(endpoint);
  });
});

describe('arguments', () => {
  it.each([
    [[], 'run'],
    [['--help'], 'help'],
    [['--version'], 'version'],
    [['--print-config'], 'print-config'],
  ])('%j mean %s', (argv, action) => {
    expect(load({}, argv).action).toBe(action);
  });

  it('ask for help even where the environment is wrong', () => {
    expect(load({ PROTIUM_HTTP_PORT: 'x' }, ['--help']).action).toBe('help');
    expect(problemsOf({ PROTIUM_HTTP_PORT: 'x' }, ['--print-config'])).toHaveLength(1);
  });
});
