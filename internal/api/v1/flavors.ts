import { ProtiumError } from '../../errors/protium-error.ts';
import type { Flavor as Known, Flavors } from '../../flavors/flavor.ts';
import {
  FlavorsServiceClient,
  type Flavor,
  type FlavorsServiceServer,
} from '../grpc/generated/protium/v1/flavors.ts';
import { listPage } from './list-page.ts';
import { v1Service, type V1Service } from './service.ts';

/** protium.v1.FlavorsService. */
export function flavorsService(flavors: Flavors): V1Service {
  return v1Service<FlavorsServiceServer>(FlavorsServiceClient, {
    listFlavors: async (request) => {
      const all = await flavors.list();
      const wanted = all.filter(({ devices }) => !request.onlyWithDevices || devices.length > 0);
      const encoded = await Promise.all(
        wanted.map(async (flavor) => encode(flavor, await flavors.available(flavor))),
      );
      const { items, nextPageToken } = listPage(
        encoded.filter(({ available }) => !request.onlyAvailable || available),
        ({ name }) => name,
        request,
      );
      return { flavors: [...items], nextPageToken };
    },
    getFlavor: async ({ name }) => {
      const flavor = await flavors.get(name);
      if (flavor === undefined) throw new ProtiumError('not-found', `There is no flavor "${name}".`);
      const outlook = await flavors.outlook(flavor);
      const reasons = [
        ...(flavor.limited ? ['The settings keep it back (limited).'] : []),
        ...(outlook.ok ? [] : outlook.refusal.reasons.map(({ message }) => message)),
      ];
      return { flavor: encode(flavor, reasons.length === 0), reasons };
    },
  });
}

function encode(flavor: Known, available: boolean): Flavor {
  const { name, vcpus, devices, deviceDescription, pricePerHour, limited } = flavor;
  return {
    name,
    vcpus,
    memoryMib: BigInt(flavor.memoryMib),
    rootStorageGib: BigInt(flavor.rootStorageGib),
    devices: devices.map((device) => ({ ...device })),
    deviceDescription,
    pricePerHour,
    limited,
    available,
  };
}
