import { invalidArgument } from '../../errors/invalid-argument.ts';
import type { AccessKey as Kept, Identity } from '../../identity/identity.ts';
import {
  AccessKeysServiceClient,
  type AccessKey,
  type AccessKeysServiceServer,
} from '../grpc/generated/protium/v1/access_keys.ts';
import { requireAdministrator } from './require-administrator.ts';
import { listPage } from './list-page.ts';
import { v1Service, type V1Service } from './service.ts';

export interface AccessKeysSource {
  readonly identity: Pick<Identity, 'issue' | 'list' | 'revoke'>;
  /** Where HTTP is served, e.g. `http://127.0.0.1:9021`. */
  readonly httpOrigins: () => readonly string[];
}

/** protium.v1.AccessKeysService. */
export function accessKeysService({ identity, httpOrigins }: AccessKeysSource): V1Service {
  return v1Service<AccessKeysServiceServer>(AccessKeysServiceClient, {
    listAccessKeys: (request, { caller }) => {
      requireAdministrator(caller, 'see access keys');
      const keys = identity.list(request.user === '' ? undefined : request.user);
      const { items, nextPageToken } = listPage(keys, ({ createdAt, id }) => `${createdAt}/${id}`, request);
      return { accessKeys: items.map(encode), nextPageToken };
    },
    createAccessKey: ({ user, idempotencyKey, validateOnly }, { caller }) => {
      requireAdministrator(caller, 'make access keys');
      if (idempotencyKey.length > 255) {
        throw invalidArgument('idempotency_key', 'A key has at most 255 characters.');
      }
      const issued = identity.issue(user, { idempotencyKey, validateOnly });
      if (issued === null) return { accessKey: undefined, secret: '', url: '' };
      const { key, secret } = issued;
      const [origin = ''] = httpOrigins();
      const url = secret === null ? '' : urlOf(origin, key.id, secret);
      return { accessKey: encode(key), secret: secret ?? '', url };
    },
    revokeAccessKey: ({ accessKey, validateOnly }, { caller }) => {
      requireAdministrator(caller, 'revoke access keys');
      return { accessKey: encode(identity.revoke(accessKey, { validateOnly })) };
    },
  });
}

/** Where it listens on all addresses, loopback is one of them. */
function urlOf(origin: string, id: string, secret: string): string {
  const reached = origin.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
  return reached.replace('//', `//${id}:${secret}@`);
}

function encode({ id, user, createdAt, lastUsedAt, revokedAt }: Kept): AccessKey {
  return {
    id,
    user: user.name,
    owner: user.owner,
    createTime: new Date(createdAt),
    lastUseTime: lastUsedAt === null ? undefined : new Date(lastUsedAt),
    revokeTime: revokedAt === null ? undefined : new Date(revokedAt),
  };
}
