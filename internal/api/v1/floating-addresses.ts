import { sees } from '../../authorization/decide.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { FloatingAddress, FloatingAddresses } from '../../floating-addresses/floating-address.ts';
import { addressNumber } from '../../networks/ipv4.ts';
import {
  FloatingAddressesServiceClient,
  type FloatingAddress as EncodedFloatingAddress,
  type FloatingAddressesServiceServer,
} from '../grpc/generated/protium/v1/floating_addresses.ts';
import { listPage } from './list-page.ts';
import { ownerOf } from './owner.ts';
import { v1Service, type V1Service } from './service.ts';

export interface FloatingAddressesSource {
  readonly floatingAddresses: Omit<FloatingAddresses, 'condition' | 'hold'>;
  /** An instance of that uuid or name; throws `not-found`. */
  readonly instanceOf: (named: string) => { readonly uuid: string; readonly owner: string };
}

/** protium.v1.FloatingAddressesService. */
export function floatingAddressesService(source: FloatingAddressesSource): V1Service {
  const { floatingAddresses, instanceOf } = source;
  /** What an address or an instance names. */
  const named = (name: string): FloatingAddress => {
    const found =
      floatingAddresses.list().find(({ address }) => address === name) ??
      (addressNumber(name) === null ? floatingAddresses.of(instanceOf(name).uuid) : undefined);
    if (found !== undefined) return found;
    throw new ProtiumError('not-found', `No floating address is, or leads to, "${name}".`);
  };
  const current = ({ instance }: FloatingAddress): { floatingAddress: EncodedFloatingAddress } => ({
    floatingAddress: encode(named(instance)),
  });
  return v1Service<FloatingAddressesServiceServer>(FloatingAddressesServiceClient, {
    listFloatingAddresses: (request, { caller }) => {
      const found = floatingAddresses
        .list(request.owner === '' ? undefined : ownerOf(request.owner))
        .filter(({ owner }) => sees(caller, owner));
      const { items, nextPageToken } = listPage(found, keyOf, request);
      return { floatingAddresses: items.map(encode), nextPageToken };
    },
    getFloatingAddress: ({ floatingAddress }) => ({ floatingAddress: encode(named(floatingAddress)) }),
    associateFloatingAddress: async ({ instance, ...options }) => {
      const { uuid, owner } = instanceOf(instance);
      return { floatingAddress: encode(await floatingAddresses.associate(uuid, owner, options)) };
    },
    releaseFloatingAddress: async ({ floatingAddress, validateOnly }) => {
      await floatingAddresses.release(named(floatingAddress).instance, { validateOnly });
      return {};
    },
    renewFloatingAddress: async ({ floatingAddress, validateOnly }) => {
      const { instance } = named(floatingAddress);
      return { floatingAddress: encode(await floatingAddresses.renew(instance, { validateOnly })) };
    },
    refreshFloatingAddress: async ({ floatingAddress, validateOnly }) => {
      const found = named(floatingAddress);
      await floatingAddresses.refresh(found.instance, { validateOnly });
      return current(found);
    },
    openFloatingPort: async ({ floatingAddress, port, validateOnly }) => {
      const found = named(floatingAddress);
      await floatingAddresses.openPort(found.instance, port, { validateOnly });
      return current(found);
    },
    closeFloatingPort: async ({ floatingAddress, port, validateOnly }) => {
      const found = named(floatingAddress);
      await floatingAddresses.closePort(found.instance, port, { validateOnly });
      return current(found);
    },
  });
}

function keyOf({ address }: FloatingAddress): string {
  return String(addressNumber(address)).padStart(10, '0');
}

function encode(floating: FloatingAddress): EncodedFloatingAddress {
  return {
    address: floating.address,
    connectionId: floating.connectionId,
    instance: floating.instance,
    owner: floating.owner,
    ports: [...floating.ports],
    state: floating.state,
    problem: floating.problem ?? undefined,
    createTime: new Date(floating.createdAt),
  };
}
