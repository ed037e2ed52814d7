import { randomBytes, randomUUID } from 'node:crypto';
import { v1Services } from '../../internal/api/v1/services.ts';
import type { Config } from '../../internal/config/config.ts';
import { createEventLog } from '../../internal/events/event-log.ts';
import { logEvents } from '../../internal/events/sources.ts';
import { createFlavors } from '../../internal/flavors/flavors.ts';
import { InstanceRecords } from '../../internal/instances/records.ts';
import { createKeyPairs } from '../../internal/key-pairs/create-key-pairs.ts';
import { logGrpcLibrary } from '../../internal/observability/grpc-log.ts';
import type { Logger } from '../../internal/observability/log.ts';
import { createOperations } from '../../internal/operations/engine.ts';
import { createKeyedLock } from '../../internal/operations/keyed-lock.ts';
import { createOwnership } from '../../internal/ownership/ownership.ts';
import { openDatabase } from '../../internal/store/database.ts';
import { createAddressRooms } from './address-rooms.ts';
import { createAuditRoom } from './audit-room.ts';
import { createAuthorizationRoom } from './authorization-room.ts';
import type { BuildInfo } from './build-info.ts';
import { ClosingStack } from './closing-stack.ts';
import { createCocosRoom } from './cocos-room.ts';
import { createConsoleRoom } from './console-room.ts';
import { createDeviceRoom } from './device-room.ts';
import { createGpueaterRoom } from './gpueater-room.ts';
import { healthReport } from './health.ts';
import { createIdentityRoom } from './identity-room.ts';
import { createImageRoom } from './image-room.ts';
import { createInstanceRoom } from './instance-room.ts';
import { createLibvirtRoom } from './libvirt-room.ts';
import { libvirtReturns } from './libvirt-returns.ts';
import { createMeteringRoom } from './metering-room.ts';
import { createMigrationRoom } from './migration-room.ts';
import { createProjectsRoom } from './projects-room.ts';
import { createRecovery } from './recovery.ts';
import { createRentalRooms } from './rental-rooms.ts';
import { createServers, type Servers } from './servers.ts';
import { createStorageRoom } from './storage-room.ts';
import { openTracingRoom } from './tracing-room.ts';

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
    closing.add(await openTracingRoom({ config, build, instanceId, log }));

    // What all rooms stand on: the state, and libvirt.
    const database = openDatabase({ directory: config.stateDirectory, log });
    closing.add(() => database.close());
    const auditRoom = createAuditRoom({ config, database, log });
    const { audit } = auditRoom;
    closing.add(() => audit.stop());
    const { client, untraced, view, metrics } = await createLibvirtRoom({ config, log });
    closing.add(() => untraced.close());
    closing.add(() => view.stop());
    const locks = createKeyedLock();
    const records = new InstanceRecords();
    const ownership = createOwnership(database);
    const keyPairs = createKeyPairs({ database, stateDirectory: config.stateDirectory });

    // The rooms, and what they want done as operations.
    const base = { config, client, view, database, locks, log };
    const meteringRoom = createMeteringRoom({ ...base, records });
    const { holds } = meteringRoom;
    const projectsRoom = createProjectsRoom({ ...base, records, holds, ownership });
    const { guard, rolesOf } = projectsRoom;
    const devices = createDeviceRoom({ ...base, untraced });
    const { host } = devices;
    const identityRoom = await createIdentityRoom({ config, database, rolesOf, log });
    const gpueaterRoom = createGpueaterRoom({ ...base, ownership, keyPairs });
    const addressRooms = createAddressRooms(base);
    const { releaseOf, releaseLeases } = addressRooms;
    const migrationRoom = createMigrationRoom({ ...base, releaseOf, releaseLeases });
    const { migrations } = migrationRoom;
    closing.add(() => migrationRoom.stop());
    const cocosRoom = createCocosRoom({ ...base, guard, workingDirectory });
    closing.add(() => cocosRoom.close());
    const instanceRoom = createInstanceRoom({
      ...base,
      records,
      holds,
      keyPairs,
      devices,
      addresses: addressRooms,
      projects: projectsRoom,
      migration: migrationRoom,
    });
    const imageRoom = createImageRoom({ ...base, ownership, guard, workingDirectory });
    const storageRoom = createStorageRoom({ ...base, ownership, projects: projectsRoom });
    const rentalRooms = createRentalRooms({ ...base, host, keyPairs, projects: projectsRoom });

    // The engine that does them, and settles what an earlier daemon left.
    const operations = createOperations({
      database,
      definitions: [cocosRoom, instanceRoom, imageRoom, storageRoom, addressRooms].flatMap(
        ({ definitions }) => definitions,
      ),
      locks,
      log,
      libvirtReturns: (signal) => libvirtReturns(client, signal),
      observe: (event) => metrics.operation(event),
    });
    closing.add(() => operations.stop({ graceMs: graceLeft() }));
    audit.follow(operations);
    closing.add(devices.readAtConnection(client));
    const recovery = createRecovery({ client, operations, log });
    closing.add(() => recovery.stop());
    const ready = () => recovery.ready();

    // The use cases.
    const imageUseCases = imageRoom.open(operations, recovery);
    const { images } = imageUseCases;
    const instanceUseCases = instanceRoom.open({ operations, images, leases: rentalRooms, ready });
    closing.add(() => instanceUseCases.stop());
    const { instances, find, ownerOf, domains } = instanceUseCases;
    const flavors = createFlavors({ host, instances, settingsFile: config.flavorsFile });
    const held = () => holds.addresses();
    const addresses = addressRooms.open({ operations, instances, find, held, ready });
    closing.add(() => addresses.stop());
    const { floatingAddresses, portForwards } = addresses;
    const metering = meteringRoom.open({ instances, flavors, floatingAddresses, ready });
    closing.add(() => metering.stop());
    const { subscriptions, invoices } = metering.services;
    const storage = storageRoom.open({ operations, images, ready });
    const { volumes } = storage;
    closing.add(devices.sweep({ client, ready }));
    const cocos = cocosRoom.open({ operations, audit, metrics, ready });
    closing.add(() => cocos.stop());
    const httpOrigins = () => servers.origins();
    const consoleRoom = createConsoleRoom({ ...base, audit, names: config.httpNames, find, httpOrigins });
    const { agent } = consoleRoom;
    const events = createEventLog(randomBytes(6).toString('hex'));
    closing.add(logEvents(events, view, operations));
    const rental = rentalRooms.open({
      operations,
      instanceUseCases,
      agent,
      addresses,
      images,
      volumes,
      flavors,
      events,
      ready,
    });
    closing.add(() => rental.stop());
    const { leases } = rental;
    const projects = projectsRoom.open({ images, keyPairs, leases, subscriptions, operations });
    const examineHost = devices.examiner({
      floating: () => floatingAddresses.condition(),
      migrationTargets: migrationRoom.statuses,
    });

    // Whose what is, and the native API.
    const { objects, seenEvents, authorize } = createAuthorizationRoom({
      view,
      instances,
      operations,
      images,
      ownership,
      volumes: projectsRoom.volumeOwners,
      leases,
      provisions: rental.services.provisions.provisions,
      floatingAddresses,
      portForwards,
      subscriptions,
      invoices,
      migrations,
      bookings: rental.services.bookings,
      projects: projects.projects,
      newVolumePool: instanceUseCases.changes.newVolumePool,
      volumeNamed: instanceUseCases.changes.volumeNamed,
    });
    const everyService = v1Services({
      ...instanceUseCases.services,
      ...imageUseCases.services,
      ...storage.services,
      ...addresses.services,
      ...metering.services,
      ...rental.services,
      ...consoleRoom.services,
      ...identityRoom.services,
      computations: cocosRoom.computations,
      events,
      seenEvents,
      operations,
      keyPairs,
      host: { instances, ownerOf, examineHost },
      flavors,
      accessKeys: { identity: gpueaterRoom.identity, httpOrigins },
      migrations,
      audit,
      projects,
    });
    const gpueater = gpueaterRoom.open({
      operations,
      instanceUseCases,
      images,
      flavors,
      volumes,
      floatingAddresses,
      reservations: addressRooms.reservations,
      metering: metering.services,
      migrations,
    });
    closing.add(() => gpueater.stop());

    // The servers.
    const healthSources = { build, instanceId, view, directories: [config.stateDirectory, workingDirectory] };
    const servers: Servers = createServers({
      config,
      identity: identityRoom,
      audit: auditRoom,
      metrics,
      services: auditRoom.record(authorize(everyService)),
      cocos,
      atomos: { instances, objects, version: build.version },
      overHttp: {
        computations: cocosRoom.computations,
        examineHost,
        images: imageUseCases.owned,
        inventory: domains,
        volumeContents: volumes,
        gpueater: gpueater.routes,
        health: () => healthReport(healthSources),
      },
      upgrade: (request, socket, head) => consoleRoom.sockets.upgrade(request, socket, head),
      health: {
        serving: () => view.status().connected,
        onChange: (listener) => client.events.onConnection(listener),
      },
      log,
    });
    closing.add(() => servers.stop(graceLeft()));
    // Before the servers: a delivery that a request waits for is left to the next start, not waited for.
    closing.add(() => cocosRoom.computations.stop());
    // Likewise: what is open would hold up the servers.
    closing.add(() => consoleRoom.stop(graceLeft()));
    const listening = await servers.listen();

    for (const room of [cocosRoom.computations, addresses, metering, view, consoleRoom, rental]) room.start();
    log.info({ ...listening, libvirt: config.libvirt.uri, state: config.stateDirectory }, 'Protium serves');
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
