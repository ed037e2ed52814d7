import { createHash } from 'node:crypto';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { KnownUser, Users } from '../../identity/users/users.ts';
import {
  UsersServiceClient,
  type User,
  type UsersServiceServer,
} from '../grpc/generated/protium/v1/users.ts';
import { listPage } from './list-page.ts';
import { requireAdministrator } from './require-administrator.ts';
import { v1Service, type V1Service } from './service.ts';

export interface UsersSource {
  readonly users: Pick<Users, 'create' | 'list' | 'get' | 'update' | 'remove'>;
}

/** protium.v1.UsersService. */
export function usersService({ users }: UsersSource): V1Service {
  return v1Service<UsersServiceServer>(UsersServiceClient, {
    whoAmI: (_request, { caller }) => ({
      user: caller.user,
      way: caller.way,
      administrator: caller.administrator,
      roles: [...caller.roles].map(([project, role]) => ({ project, role })),
      project: caller.project,
      address: caller.address,
    }),
    listUsers: (request, { caller }) => {
      requireAdministrator(caller, 'see users');
      const { items, nextPageToken } = listPage(users.list(), ({ name }) => name, request);
      return { users: items.map(encode), nextPageToken };
    },
    getUser: ({ user }, { caller }) => {
      requireAdministrator(caller, 'see users');
      return { user: encode(users.get(user)) };
    },
    createUser: (request, { caller }) => {
      requireAdministrator(caller, 'make users');
      const { name, owner, administrator, localUids, oidcSubjects, idempotencyKey, validateOnly } = request;
      if (idempotencyKey.length > 255) {
        throw invalidArgument('idempotency_key', 'A key has at most 255 characters.');
      }
      const wish = { name, owner: owner === '' ? null : owner, administrator, localUids, oidcSubjects };
      return { user: encode(users.create(wish, { validateOnly, idempotencyKey })) };
    },
    updateUser: ({ user, administrator, localUids, oidcSubjects, etag, validateOnly }, { caller }) => {
      requireAdministrator(caller, 'change users');
      if (etag !== '' && etag !== etagOf(users.get(user))) {
        throw new ProtiumError(
          'precondition-failed',
          `The user "${user}" has changed since. Look again and repeat the change.`,
          { details: { user } },
        );
      }
      const change = {
        administrator: administrator ?? null,
        localUids: localUids?.uids ?? null,
        oidcSubjects: oidcSubjects?.subjects ?? null,
      };
      return { user: encode(users.update(user, change, { validateOnly })) };
    },
    deleteUser: ({ user, validateOnly }, { caller }) => {
      requireAdministrator(caller, 'delete users');
      return { user: encode(users.remove(user, { validateOnly })) };
    },
  });
}

function encode(user: KnownUser): User {
  const { name, owner, administrator, localUids, oidcSubjects, createdAt } = user;
  return {
    name,
    owner,
    administrator,
    localUids: [...localUids],
    oidcSubjects: [...oidcSubjects],
    createTime: new Date(createdAt),
    etag: etagOf(user),
  };
}

function etagOf({ owner, administrator, localUids, oidcSubjects }: KnownUser): string {
  const text = JSON.stringify([owner, administrator, localUids, oidcSubjects]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
