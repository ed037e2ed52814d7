import { sees } from '../../authorization/decide.ts';
import type { Migrations } from '../../migration/migrations.ts';
import type { TargetStatus } from '../../migration/migration-targets.ts';
import type { MovedInstance } from '../../migration/moved-instance.ts';
import {
  MigrationsServiceClient,
  type Migration,
  type MigrationTarget,
  type MigrationsServiceServer,
} from '../grpc/generated/protium/v1/migrations.ts';
import { listPage } from './list-page.ts';
import { ownerOf } from './owner.ts';
import { v1Service, type V1Service } from './service.ts';

/** protium.v1.MigrationsService. */
export function migrationsService(migrations: Migrations): V1Service {
  return v1Service<MigrationsServiceServer>(MigrationsServiceClient, {
    listMigrationTargets: async () => {
      const statuses = await migrations.targets.statuses();
      return { targets: statuses.map(encodeTarget).sort((a, b) => (a.name < b.name ? -1 : 1)) };
    },
    listMigrations: (request, { caller }) => {
      const { target } = request;
      const found = migrations
        .list(request.owner === '' ? undefined : ownerOf(request.owner))
        .filter((moved) => sees(caller, moved.owner) && (target === '' || moved.target === target));
      const { items, nextPageToken } = listPage(found, keyOf, request);
      return { migrations: items.map(encode), nextPageToken };
    },
    getMigration: ({ instance }) => ({ migration: encode(migrations.get(instance)) }),
    deleteMigration: ({ instance, validateOnly }) => {
      migrations.forget(instance, { validateOnly });
      return {};
    },
  });
}

/** The latest first. */
function keyOf({ uuid, movedAt }: MovedInstance): string {
  return `${String(9e15 - Date.parse(movedAt)).padStart(16, '0')} ${uuid}`;
}

function encode({ uuid, movedAt, createdAt, description, tags, ...moved }: MovedInstance): Migration {
  const { name, owner, target, hostUuid, offline } = moved;
  return {
    instance: uuid,
    name,
    owner,
    target,
    hostUuid,
    offline,
    moveTime: new Date(movedAt),
    createTime: new Date(createdAt),
    description: description ?? undefined,
    tags: [...tags],
  };
}

function encodeTarget({ target, problem, ...status }: TargetStatus): MigrationTarget {
  return {
    name: target.name,
    uri: target.uri,
    disks: target.disks,
    transport: target.transport,
    reachable: problem === null,
    problem: problem ?? undefined,
    hostname: status.hostname ?? undefined,
    hostUuid: status.hostUuid ?? undefined,
    libvirtVersion: status.libvirtVersion ?? undefined,
    freeMemoryMib: status.freeMemoryMib === null ? undefined : BigInt(status.freeMemoryMib),
  };
}
