import { ProtiumError } from '../../errors/protium-error.ts';
import type { KeyPair as Kept, KeyPairs, MadeType } from '../../key-pairs/key-pair.ts';
import {
  KeyPairsServiceClient,
  KeyPairType,
  type KeyPair,
  type KeyPairsServiceServer,
} from '../grpc/generated/protium/v1/key_pairs.ts';
import { ownerOrAdministrator } from './owner.ts';
import { pageOf } from './page.ts';
import { v1Service, type V1Service } from './service.ts';

/** protium.v1.KeyPairsService. */
export function keyPairsService(keyPairs: KeyPairs): V1Service {
  return v1Service<KeyPairsServiceServer>(KeyPairsServiceClient, {
    listKeyPairs: (request) => {
      const { keyPairs: found, next } = keyPairs.list({
        owner: ownerOrAdministrator(request.owner),
        fingerprint: request.fingerprint,
        ...pageOf(request),
      });
      return { keyPairs: found.map(encode), nextPageToken: next ?? '' };
    },
    getKeyPair: ({ name, owner }) => ({ keyPair: encode(keyPairs.get(ownerOrAdministrator(owner), name)) }),
    importKeyPair: async (request) => ({ keyPair: encode(await keyPairs.import(checked(request))) }),
    createKeyPair: async (request) => {
      const type = typeOf(request.type);
      const made = await keyPairs.create({ ...checked(request), type });
      if (made === null) {
        return { keyPair: { name: request.name, ...unmade }, privateKey: '' };
      }
      return { keyPair: encode(made.keyPair), privateKey: made.privateKey ?? '' };
    },
    deleteKeyPair: ({ name, owner, validateOnly }) => {
      keyPairs.remove(ownerOrAdministrator(owner), name, { validateOnly });
      return {};
    },
  });
}

const unmade = { type: '', publicKey: '', fingerprint: '', bits: 0, createTime: undefined };

function checked<Request extends { readonly owner: string; readonly idempotencyKey: string }>(
  request: Request,
): Request {
  if (request.idempotencyKey.length > 255) {
    throw new ProtiumError('argument-invalid', 'A key has at most 255 characters.', {
      details: { field: 'idempotency_key' },
    });
  }
  return { ...request, owner: ownerOrAdministrator(request.owner) };
}

function typeOf(type: KeyPairType): MadeType {
  switch (type) {
    case KeyPairType.KEY_PAIR_TYPE_UNSPECIFIED:
    case KeyPairType.KEY_PAIR_TYPE_ED25519:
      return 'ed25519';
    case KeyPairType.KEY_PAIR_TYPE_ECDSA_P256:
      return 'ecdsa';
    default:
      throw new ProtiumError('argument-invalid', 'There is no such type of key: ED25519 or ECDSA_P256.', {
        details: { field: 'type' },
      });
  }
}

function encode({ name, type, bits, publicKey, fingerprint, createdAt }: Kept): KeyPair {
  return { name, type, bits, publicKey, fingerprint, createTime: new Date(createdAt) };
}
