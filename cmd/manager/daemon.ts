import { randomBytes, randomUUID } from 'node:crypto';
import { readDescriptors } from '../../internal/api/grpc/descriptors.ts';
import { createGrpcServer } from '../../internal/api/grpc/server.ts';
import { allServices } from '../../internal/api/grpc/services.ts';
import { readBindings } from '../../internal/api/http/v1/bindings.ts';
import { v1Policy } from '../../internal/authorization/policy/v1.ts';
import { authorizedServices } from '../../internal/api/v1/authorized-services.ts';
import { authorizedCocos } from '../../internal/api/authorized-cocos.ts';
import { instanceFinder } from '../../internal/api/v1/find-instance.ts';
import { v1Services } from '../../internal/api/v1/services.ts';
import { auditedCocos } from '../../internal/api/audited-cocos.ts';
import { createAtomosApp, createHttpApp } from '../../internal/api/http/app.ts';
import { createAgentClient } from '../../internal/computations/agent-client.ts';
import { createComputations } from '../../internal/computations/computations.ts';
import type { Config } from '../../internal/config/config.ts';
import { createDeviceCare } from '../../internal/devices/device-care.ts';
import { createDeviceDrivers } from '../../internal/devices/drivers.ts';
import { createDeviceSweep } from '../../internal/devices/sweep.ts';
import { createTakenDevices } from '../../internal/devices/taken-devices.ts';
import { examine } from '../../internal/doctor/examine.ts';
import { gatherEvidence } from '../../internal/doctor/gather.ts';
import { createEventLog } from '../../internal/events/event-log.ts';
import { logEvents } from '../../internal/events/sources.ts';
import { createFlavors } from '../../internal/flavors/flavors.ts';
import { readBootId } from '../../internal/host/boot-id.ts';
import { createHostReader } from '../../internal/host/reader.ts';
import { createInstances } from '../../internal/instances/create-instances.ts';
import { createKvmOffer } from '../../internal/instances/from-documents/kvm-offer.ts';
import { createFromDocuments } from '../../internal/instances/from-documents/operation.ts';
import { activeDomain } from '../../internal/instances/lifecycle/find-domain.ts';
import { createLifecycle } from '../../internal/instances/lifecycle/lifecycle.ts';
import { powerChanges } from '../../internal/instances/lifecycle/power.ts';
import { startInstance } from '../../internal/instances/lifecycle/start.ts';
import { stopInstance } from '../../internal/instances/lifecycle/stop.ts';
import { createMediaReader } from '../../internal/instances/media.ts';
import { InstanceRecords } from '../../internal/instances/records.ts';
import { GuestSetups } from '../../internal/instances/register/guest-setups.ts';
import { registerInstance } from '../../internal/instances/register/operation.ts';
import { releaseAll } from '../../internal/instances/unregister/release.ts';
import { unregisterInstance } from '../../internal/instances/unregister/operation.ts';
import { createUpdate } from '../../internal/instances/update.ts';
import { createWait } from '../../internal/instances/wait.ts';
import { createKeyPairs } from '../../internal/key-pairs/create-key-pairs.ts';
import type { CallReport } from '../../internal/libvirt/call-report.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { createLiveView } from '../../internal/libvirt/live-view/create.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { tracedClient } from '../../internal/libvirt/traced-client.ts';
import { logGrpcLibrary } from '../../internal/observability/grpc-log.ts';
import type { Logger } from '../../internal/observability/log.ts';
import { Metrics } from '../../internal/observability/metrics.ts';
import { startTracing } from '../../internal/observability/tracing.ts';
import { createOperations } from '../../internal/operations/engine.ts';
import { createKeyedLock } from '../../internal/operations/keyed-lock.ts';
import { createStorageGuard } from '../../internal/subscriptions/storage-guard.ts';
import { createVolumeOwners } from '../../internal/subscriptions/volume-owners.ts';
import { shareStorage } from '../../internal/storage/pools/share-storage.ts';
import { createOwnedImages } from '../../internal/ownership/owned-images.ts';
import { createOwnership } from '../../internal/ownership/ownership.ts';
import { createSeedMaker } from '../../internal/seed/seed-maker.ts';
import { openDatabase } from '../../internal/store/database.ts';
import { secretKey } from '../../internal/store/secret-key.ts';
import type { BuildInfo } from './build-info.ts';
import { ClosingStack } from './closing-stack.ts';
import { createAuditRoom } from './audit-room.ts';
import { createAuthorizationRoom } from './authorization-room.ts';
import { createProjectsRoom } from './projects-room.ts';
import { guardedByQuota } from '../../internal/authorization/quotas/quota-guard.ts';
import { createBookingRoom } from './booking-room.ts';
import { createCocosUseCases } from './cocos-use-cases.ts';
import { createFirewallRoom } from './firewall-room.ts';
import { createFloatingRoom } from './floating-room.ts';
import { createConsoleRoom } from './console-room.ts';
import { gpueaterInstances } from './gpueater-instances.ts';
import { createGpueaterRoom } from './gpueater-room.ts';
import { healthReport } from './health.ts';
import { createIdentityRoom } from './identity-room.ts';
import { createImageRoom } from './image-room.ts';
import { leaseInstances } from './lease-instances.ts';
import { createLeaseRoom } from './lease-room.ts';
import { createLifecycleRoom } from './lifecycle-room.ts';
import { listenGrpc } from './listen-grpc.ts';
import { listenHttp, type HttpListener } from './listen.ts';
import { createMeteringRoom } from './metering-room.ts';
import { createMigrationRoom } from './migration-room.ts';
import { createNetworkRoom } from './network-room.ts';
import { createProvisionRoom } from './provision-room.ts';
import { libvirtReturns } from './libvirt-returns.ts';
import { createRecovery } from './recovery.ts';
import { createStorageRoom } from './storage-room.ts';
import { createUnixSockets } from './unix-sockets.ts';

export interface DaemonSurroundings {
  readonly build: BuildInfo;
  readonly log: Logger;
  /** What relative paths in requests and documents are relative to. */
  readonly workingDirectory: string;
}

export interface Daemon {
  /** Stops accepting, finishes or journals what is being done, closes everything. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Wires the rooms together and serves. libvirt need not be there yet: it is tried for as long as the daemon runs.
 * Rejects when an address cannot be listened on or the state cannot be opened; nothing is then left open.
 */
export async function startDaemon(config: Config, surroundings: DaemonSurroundings): Promise<Daemon> {
  const { build, log, workingDirectory } = surroundings;
  const closing = new ClosingStack();
  let graceEnds = 0;
  const graceLeft = () => Math.max(0, graceEnds - performance.now());
  try {
    const instanceId = config.instanceId ?? randomUUID();
    for (const warning of config.warnings) log.warn(warning);
    logGrpcLibrary(log);
    if (config.tracing.tracesEndpoint !== null) {
      const { tracesEndpoint: endpoint, serviceName } = config.tracing;
      closing.add(
        await startTracing({ endpoint, serviceName, serviceVersion: build.version, instanceId, log }),
      );
    }
    const database = openDatabase({ directory: config.stateDirectory, log });
    closing.add(() => database.close());
    const auditRoom = createAuditRoom({ config, database, log });
    const { audit } = auditRoom;
    closing.add(() => audit.stop());

    const metrics: Metrics = new Metrics({
      domainsByState: () => countByState(view),
      eventLagMs: () => view.status().eventLagMs.now,
      connected: () => view.status().connected,
    });
    const untraced = await createClient(config, (report) => metrics.libvirtCall(report));
    closing.add(() => untraced.close());
    // What the view reads is part of no request, even where a request's call made the connection.
    const view: LiveView = createLiveView({ client: untraced, log });
    const client = config.tracing.tracesEndpoint === null ? untraced : tracedClient(untraced);
    closing.add(() => view.stop());

    const locks = createKeyedLock();
    const records = new InstanceRecords();
    const ownership = createOwnership(database);
    const meteringRoom = createMeteringRoom({ config, view, records, database, locks, log });
    const volumeOwners = createVolumeOwners({ view, records, ownership });
    const storageGuard = createStorageGuard({
      client,
      holds: meteringRoom.holds,
      volumes: volumeOwners,
      shareStorage: (pool, other) => shareStorage({ view, hostRoot: config.hostRoot }, pool, other),
    });
    const projectsRoom = createProjectsRoom({ database, locks, view, records, volumeOwners, ownership });

    const guard = guardedByQuota(storageGuard, projectsRoom.quotas);
    const definition = createFromDocuments(client, guard, config.hostRoot);
    const host = createHostReader({ root: config.hostRoot, client: untraced });
    const care = createDeviceCare({
      taken: createTakenDevices(database, readBootId(config.hostRoot)),
      drivers: createDeviceDrivers(config.hostRoot),
      host,
      log,
    });
    const seeds = createSeedMaker(config.stateDirectory);
    seeds.removeStale();
    const setups = new GuestSetups();
    const keyPairs = createKeyPairs({ database, stateDirectory: config.stateDirectory });
    const identityRoom = await createIdentityRoom({
      config,
      database,
      rolesOf: (user) => projectsRoom.rolesOf(user),
      log,
    });
    const gpueaterRoom = createGpueaterRoom({ config, database });
    const networkRoom = createNetworkRoom({ config, client, view, database, locks, log });
    const firewallRoom = createFirewallRoom({ config, client, view, log });
    const floatingRoom = createFloatingRoom({ config, client, view, database, locks, networkRoom, log });
    const releaseOf = releaseAll([floatingRoom.releaseOf, networkRoom.releaseOf, firewallRoom.releaseOf]);
    const { releaseLeases } = networkRoom;
    const migrationRoom = createMigrationRoom({ config, client, view, database, releaseOf, releaseLeases });
    closing.add(() => migrationRoom.stop());
    const definitions = {
      register: registerInstance({
        client,
        view,
        care,
        host,
        seeds,
        setups,
        addresses: floatingRoom.binding,
        hostRoot: config.hostRoot,
      }),
      unregister: unregisterInstance(client, view, care, config.hostRoot, {
        releaseOf,
        releaseLeases,
      }),
      start: startInstance({ client, view, care, host }),
      stop: stopInstance(client, view, care),
      power: powerChanges(client, view),
    };
    const lifecycleRoom = createLifecycleRoom({
      client,
      view,
      care,
      host,
      pool: config.storage.pool,
      imagePool: config.images.pool,
      hostRoot: config.hostRoot,
      guard,
      migrate: migrationRoom.migrate,
      log,
    });
    const imageRoom = createImageRoom({
      config,
      client,
      view,
      database,
      locks,
      guard,
      workingDirectory,
      log,
    });
    const storageRoom = createStorageRoom({ config, client, view, ownership, guard, log });
    const operations = createOperations({
      database,
      definitions: [
        definition,
        definitions.register,
        definitions.unregister,
        definitions.start,
        definitions.stop,
        ...Object.values(definitions.power),
        imageRoom.definitions.import,
        imageRoom.definitions.delete,
        ...storageRoom.definitions,
        ...networkRoom.definitions,
        ...firewallRoom.definitions,
        ...lifecycleRoom.definitions,
      ],
      locks,
      log,
      libvirtReturns: (signal) => libvirtReturns(client, signal),
      observe: (event) => metrics.operation(event),
    });
    closing.add(() => operations.stop({ graceMs: graceLeft() }));
    audit.follow(operations);
    const agent = config.agent === null ? null : createAgentClient(config.agent);
    if (agent !== null) closing.add(() => agent.close());
    const computations = createComputations({ database, agent, log });

    const kvm = createKvmOffer(client);
    closing.add(
      client.events.onConnection(({ state }) => {
        if (state !== 'connected') return;
        kvm.forget();
        host.forgetHypervisor();
        // So that the first request for the status finds the host read.
        host.read({ maxAgeMs: 0 }).catch((error: unknown) => {
          log.warn({ err: error }, 'the host could not be read');
        });
      }),
    );
    const recovery = createRecovery({ client, operations, log });
    closing.add(() => recovery.stop());
    const ready = () => recovery.ready();
    const images = imageRoom.open(operations, recovery);
    const leaseRoom = createLeaseRoom({
      config,
      database,
      view,
      locks,
      quotaOf: (owner) => projectsRoom.store.quota(owner),
      log,
    });
    const instances = createInstances({
      client,
      view,
      operations,
      definitions,
      host,
      care,
      booking: lifecycleRoom.booking,
      limits: projectsRoom.limits,
      subscriptions: meteringRoom.holds,
      leases: leaseRoom.holds,
      setups,
      pool: { name: config.storage.pool, directory: config.storage.directory },
      volumeBytes: (of, owner) => volumeOwners.bytesOf(of, owner),
      reservedMemoryMib: config.reservedMemoryMib,
      retryWindowMs: config.registerRetrySeconds * 1000,
      ready,
      records,
      images,
      readMedia: createMediaReader(config.allowedPaths),
      requestKey: secretKey(config.stateDirectory),
      log,
    });
    const flavors = createFlavors({ host, instances, settingsFile: config.flavorsFile });
    const floating = floatingRoom.open({ ready, held: () => meteringRoom.holds.addresses() });
    closing.add(() => floating.stop());
    const { floatingAddresses } = floating;
    const metering = meteringRoom.open({ instances, flavors, floatingAddresses, ready });
    closing.add(() => metering.stop());
    const storage = storageRoom.open({ operations, images, ready });
    const network = networkRoom.open({ operations, instances, ready });
    closing.add(() => network.stop());
    const firewall = firewallRoom.open({ operations, instances, ready });
    closing.add(() => firewall.stop());
    const sweep = createDeviceSweep({
      care,
      view,
      locks: operations.locks,
      ready,
      isActive: async (uuid) => (await activeDomain(client, uuid)) !== null,
      log,
    });
    closing.add(() => sweep.stop());
    const examineHost = async () =>
      examine(
        await gatherEvidence({
          root: config.hostRoot,
          libvirtUri: config.libvirt.uri,
          view,
          readHost: () => host.read({ maxAgeMs: 0 }),
          conditions: (facts) => care.conditions(facts),
          storage: config.storage,
          floating: floating.floatingAddresses.condition(),
          migrationTargets: migrationRoom.statuses,
          directories: [config.stateDirectory],
        }),
      );
    const useCases = createCocosUseCases({
      createOptions: {
        client,
        view,
        operations,
        definition,
        kvm,
        workingDirectory,
        allowedPaths: config.allowedPaths,
        log,
      },
      ready,
      computations,
      metrics,
    });
    const cocos = {
      useCases: auditedCocos(authorizedCocos(useCases), audit),
      emptyErrors: config.cocos.emptyErrors,
    };

    const lifecycle = createLifecycle({
      client,
      instances,
      view,
      host,
      operations,
      definitions,
      ready,
      reclaim: leaseRoom.reclaim(instances),
    });
    const update = createUpdate({ client, view, instances, records, locks: operations.locks, ready });
    const consoleRoom = createConsoleRoom({
      client,
      view,
      database,
      audit,
      names: config.httpNames,
      log,
    });
    const uuidOf = (named: string) => view.domain(named)?.uuid;
    const find = instanceFinder(instances, uuidOf);
    const lifecycleParts = lifecycleRoom.open(operations, instances, ready);
    closing.add(() => lifecycleParts.stop());
    const naming = { instances, operations, uuidOf };
    const events = createEventLog(randomBytes(6).toString('hex'));
    closing.add(logEvents(events, view, operations));
    const leased = leaseInstances({
      view,
      instances,
      lifecycle,
      changes: lifecycleParts,
      operations,
      agent: consoleRoom.agent,
    });
    const leaseParts = leaseRoom.open({
      instances,
      doing: leased,
      events,
      requestKey: secretKey(config.stateDirectory),
      ready,
    });
    closing.add(() => leaseParts.stop());
    const wait = createWait({ view, instances });
    const provisionRoom = createProvisionRoom({
      database,
      leases: leaseParts.leases,
      instances,
      doing: leased,
      wait,
      view,
      agent: consoleRoom.agent,
      floating: floatingAddresses,
      images,
      requestKey: secretKey(config.stateDirectory),
      ready,
      log,
    });
    closing.add(() => provisionRoom.stop());
    const bookingRoom = createBookingRoom({
      client,
      database,
      operations,
      leases: leaseParts.leases,
      host,
      images,
      volumes: storage.volumes.volumes,
      storage: config.storage,
      dataset: config.bookingDataset,
      portForwards: network.portForwards.portForwards,
      lifecycle,
      view,
      events,
      log,
    });
    closing.add(() => bookingRoom.stop());
    const projects = projectsRoom.open({
      images,
      keyPairs,
      leases: leaseParts.leases,
      subscriptions: metering.subscriptions,
      operations,
    });
    const authorization = createAuthorizationRoom({
      view,
      instances,
      operations,
      images,
      ownership,
      volumes: volumeOwners,
      leases: leaseParts.leases,
      provisions: provisionRoom.provisions,
      floatingAddresses,
      portForwards: network.portForwards.portForwards,
      subscriptions: metering.subscriptions,
      invoices: metering.invoices,
      migrations: migrationRoom.migrations,
      bookings: bookingRoom.bookings,
      projects: projects.projects,
      newVolumePool: lifecycleParts.newVolumePool,
      volumeNamed: lifecycleParts.volumeNamed,
    });
    const ownerOf = (uuid: string) => instances.get(uuid)?.owner ?? null;
    const ownedImages = createOwnedImages({ images, ownership, operations });
    const domains = {
      domains: () => view.domains(),
      domain: (named: string) => view.domain(named),
      nodeDevices: () => view.nodeDevices(),
      status: () => view.status(),
      ownerOf,
    };
    const everyService = v1Services({
      computations,
      domains,
      events,
      seenEvents: authorization.seenEvents,
      images: {
        images,
        owned: ownedImages,
        ownerOf: (name) => ownership.ownerOf('image', name)?.owner ?? null,
        operations,
      },
      instances: {
        ...naming,
        lifecycle,
        update,
        changes: lifecycleParts,
        wait,
        keyPairs,
      },
      operations,
      attachments: { ...naming, parts: lifecycleParts },
      snapshots: { ...naming, parts: lifecycleParts },
      keyPairs,
      consoles: { consoles: consoleRoom.consoles, find, httpOrigins: () => http.origins },
      guests: { agent: consoleRoom.agent, find },
      host: { instances, ownerOf, examineHost },
      pools: storage.pools,
      volumes: { ...storage.volumes, placesOf: (owner) => volumeOwners.placesOf(owner) },
      networks: network.networks,
      portForwards: network.portForwards,
      firewall: firewall.firewall,
      flavors,
      usage: metering.usage,
      invoices: metering.invoices,
      subscriptions: metering.subscriptions,
      leases: { leases: leaseParts.leases, flavors, images, keyPairs },
      provisions: { ...provisionRoom, keyPairs },
      bookings: bookingRoom.bookings,
      floatingAddresses: { floatingAddresses: floating.floatingAddresses, instanceOf: find },
      accessKeys: { identity: gpueaterRoom.identity, httpOrigins: () => http.origins },
      migrations: migrationRoom.migrations,
      audit,
      projects,
      tokens: identityRoom.tokens,
      users: { users: identityRoom.users },
      certificates: identityRoom.certificates,
    });
    const services = auditRoom.record(authorizedServices(everyService, v1Policy, authorization.objects));

    const rented = gpueaterInstances({
      client,
      view,
      operations,
      instances,
      lifecycle,
      update,
      flavors,
      images,
      ownership,
      keyPairs,
      floating: floating.floatingAddresses,
      reservations: networkRoom.reservations,
      migrations: migrationRoom.migrations,
      log,
    });
    closing.add(() => rented.stop());

    const healthSources = { build, instanceId, view, directories: [config.stateDirectory, workingDirectory] };
    const health = () => healthReport(healthSources);
    const contracts = readBindings(readDescriptors());
    const grpc = createGrpcServer({
      log,
      door: { ...identityRoom.grpcDoor(contracts.bindings), turnedAway: auditRoom.turnedAway },
      observe: ({ method, code, durationMs }) => metrics.grpcCall(method, code, durationMs),
      services: allServices({
        log,
        cocos,
        v1: services,
        health: {
          serving: () => view.status().connected,
          onChange: (listener) => client.events.onConnection(listener),
        },
      }),
    });
    // Both at once: while one waits for its last answer the other takes no new requests either.
    const servers: { stop(graceMs: number): Promise<void> }[] = [grpc];
    closing.add(async () => {
      await Promise.all(servers.map((server) => server.stop(graceLeft())));
    });
    // Before the servers: a delivery that a request waits for is left to the next start, not waited for.
    closing.add(() => computations.stop());
    // Likewise: what is open would hold up the servers.
    closing.add(() => consoleRoom.stop(graceLeft()));
    const atomosApp = {
      log,
      metrics,
      names: config.httpNames,
      door: identityRoom.door,
      failedLogins: identityRoom.failedLogins,
      atomos: { instances, objects: authorization.objects, version: build.version },
      audit,
      limits: auditRoom.limits,
    };
    const unixSockets = await createUnixSockets({ config, log });
    const http: HttpListener = await listenHttp(
      createHttpApp({
        ...atomosApp,
        cocos,
        computations,
        examineHost,
        images: ownedImages,
        inventory: domains,
        volumeContents: storage.volumes.volumes,
        v1: { services, bindings: contracts },
        health,
        gpueater: gpueaterRoom.open({
          client,
          operations,
          images,
          instances,
          keyPairs,
          ownership,
          metering,
          rented,
          volumes: storage.volumes.volumes,
          view,
          floatingAddresses: floating.floatingAddresses,
          lifecycle: lifecycleParts,
          migrations: migrationRoom.migrations,
        }),
      }),
      { ...config.http, clientAuthorities: identityRoom.clientAuthorities },
      (request, socket, head) => consoleRoom.sockets.upgrade(request, socket, head),
      (server) => unixSockets.listen(server, 'http'),
    );
    servers.push(http);
    const atomos =
      config.atomos === null
        ? null
        : await listenHttp(createAtomosApp(atomosApp), {
            ...config.atomos,
            clientAuthorities: identityRoom.clientAuthorities,
          });
    if (atomos !== null) servers.push(atomos);
    const grpcAddresses = await listenGrpc(grpc, config.grpc, identityRoom.clientAuthorities);
    const endGrpcSocket = await unixSockets.serveGrpc(grpc);
    servers.push({ stop: endGrpcSocket });

    computations.start();
    network.start();
    firewall.start();
    metering.start();
    floating.start();
    view.start();
    consoleRoom.start();
    leaseParts.start();
    provisionRoom.start();
    bookingRoom.start();
    log.info(
      {
        http: http.addresses,
        ...(atomos === null ? {} : { atomos: atomos.addresses }),
        grpc: grpcAddresses,
        libvirt: config.libvirt.uri,
        state: config.stateDirectory,
      },
      'Protium serves',
    );
    return {
      async stop(grace) {
        graceEnds = performance.now() + grace;
        await closing.close();
      },
    };
  } catch (error) {
    await closing.close().catch((closeError: unknown) => {
      log.error({ err: closeError }, 'not everything could be closed');
    });
    throw error;
  }
}

async function createClient(
  { libvirt }: Config,
  observe: (report: CallReport) => void,
): Promise<LibvirtClient> {
  const options = { uri: libvirt.uri, observe };
  if (libvirt.driver === 'rpc') return createRpcClient(options);
  const { createVirshClient } = await import('../../internal/libvirt/virsh/client.ts');
  return createVirshClient(options);
}

function countByState(view: LiveView): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of view.domains()) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
