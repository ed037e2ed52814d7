import type { Caller } from '../../identity/caller.ts';
import { sees } from '../../authorization/decide.ts';
import type { Finding } from '../../doctor/finding.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { PciFacts } from '../../host/facts.ts';
import type { HostSituation, Instances } from '../../instances/instance.ts';
import { deviceStanding } from '../../placement/device-standing.ts';
import { deviceOutlooks } from '../../placement/outlook.ts';
import { hostUsage } from '../../placement/usage.ts';
import {
  HostServiceClient,
  type GetHostResponse,
  type HostDevice,
  type HostServiceServer,
} from '../grpc/generated/protium/v1/host.ts';
import { pageOf } from './page.ts';
import { v1Service, type V1Service } from './service.ts';
import { withoutNulls } from './without-nulls.ts';

export interface HostSource {
  readonly instances: Pick<Instances, 'situation'>;
  /** Of the instance of that uuid; null: there is none, or it is somebody else's domain. */
  readonly ownerOf: (uuid: string) => string | null;
  readonly examineHost: () => Promise<readonly Finding[]>;
}

const outlooks = ['free', 'taken', 'kept'];

/** protium.v1.HostService. */
export function hostService({ instances, ownerOf, examineHost }: HostSource): V1Service {
  /** Who has a part of the host is told to those who may know of its VM. */
  const shownTo = (caller: Caller, situation: HostSituation) => ({
    situation,
    claims: situation.claims.filter(({ holder }) => sees(caller, ownerOf(holder))),
  });
  return v1Service<HostServiceServer>(HostServiceClient, {
    getHost: (_request, { caller }) => encodeHost(shownTo(caller, instances.situation())),
    listHostDevices: (request, { caller }) => {
      const { outlook } = request;
      if (outlook !== '' && !outlooks.includes(outlook)) {
        throw new ProtiumError('argument-invalid', `outlook is one of ${outlooks.join(', ')}.`, {
          details: { field: 'outlook', value: outlook },
        });
      }
      const { limit = Infinity, after = '' } = pageOf(request);
      const seen = (uuid: string) => sees(caller, ownerOf(uuid));
      const rest = devicesOf(instances.situation(), seen).filter(
        (device) => device.address > after && (outlook === '' || device.outlook === outlook),
      );
      const devices = rest.slice(0, limit);
      return { devices, nextPageToken: rest.length > limit ? (devices.at(-1)?.address ?? '') : '' };
    },
    examineHost: async () => ({
      findings: (await examineHost()).map(({ fix, details, ...finding }) => ({
        ...finding,
        fix: fix ?? undefined,
        details: { ...details },
      })),
    }),
  });
}

function encodeHost({
  situation: { facts, claims: all, conditions, policy },
  claims,
}: {
  readonly situation: HostSituation;
  /** Those that are told. */
  readonly claims: HostSituation['claims'];
}): GetHostResponse {
  const { pci: _, ...machine } = facts;
  const { pool, ...rest } = policy;
  return {
    ...withoutNulls(machine),
    usage: withoutNulls(hostUsage(facts, all, conditions, policy)),
    claims: claims.map((claim) => withoutNulls(claim)),
    policy: {
      ...rest,
      pool: {
        name: pool.name,
        availableBytes: pool.availableBytes === null ? undefined : BigInt(pool.availableBytes),
      },
    },
  };
}

function devicesOf(
  { facts, claims, conditions }: HostSituation,
  seen: (uuid: string) => boolean,
): readonly HostDevice[] {
  const standing = deviceStanding(facts, claims, conditions);
  const outlook = new Map(deviceOutlooks(facts, standing, []).map((each) => [each.address, each]));
  const holders = new Map(
    claims.flatMap(({ pci, holder, name, kind }) =>
      seen(holder) ? pci.map((address) => [address, { uuid: holder, name, kind }] as const) : [],
    ),
  );
  return facts.pci
    .map((device) => ({
      ...encodeDevice(device),
      holder: holders.get(device.address),
      condition: withoutNulls(standing.conditions.get(device.address)),
      outlook: outlook.get(device.address)?.outlook ?? '',
      why: outlook.get(device.address)?.why ?? '',
    }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

function encodeDevice({ bars, ...device }: PciFacts) {
  return {
    ...withoutNulls(device),
    bars: bars.map(({ bytes, ...bar }) => ({ ...bar, bytes: BigInt(bytes) })),
  };
}
