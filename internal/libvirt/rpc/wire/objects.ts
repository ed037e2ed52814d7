import type {
  DomainRef,
  NetworkRef,
  NodeDeviceRef,
  NwfilterRef,
  PoolRef,
  SecretRef,
  SnapshotRef,
  VolumeRef,
} from '../../objects.ts';
import { int, string, struct, uuid, type Codec } from '../xdr/codec.ts';
import { secretUsage, secretUsageNumber } from './enumerations.ts';

/** Reads straight into a reference: lists of domains are the most frequent answer. */
export const domain: Codec<DomainRef> = {
  ...struct({ name: string, uuid, id: int }),
  write: (writer, value) => {
    string.write(writer, value.name);
    uuid.write(writer, value.uuid);
    writer.int32(value.id ?? -1);
  },
  read: (reader) => {
    const name = string.read(reader);
    const id = uuid.read(reader);
    const running = reader.int32();
    return { name, uuid: id, id: running === -1 ? null : running };
  },
};

export const network: Codec<NetworkRef> = struct({ name: string, uuid });
export const nwfilter: Codec<NwfilterRef> = struct({ name: string, uuid });
export const pool: Codec<PoolRef> = struct({ name: string, uuid });
export const volume: Codec<VolumeRef> = struct({ pool: string, name: string, key: string });
export const nodeDevice: Codec<NodeDeviceRef> = struct({ name: string });
export const snapshot: Codec<SnapshotRef> = renameDomain(struct({ name: string, dom: domain }));

function renameDomain(wire: Codec<{ readonly name: string; readonly dom: DomainRef }>): Codec<SnapshotRef> {
  return {
    ...wire,
    write: (writer, value) => wire.write(writer, { name: value.name, dom: value.domain }),
    read: (reader) => {
      const { name, dom } = wire.read(reader);
      return { name, domain: dom };
    },
  };
}

const wireSecret = struct({ uuid, usageType: int, usageID: string });

export const secret: Codec<SecretRef> = {
  ...wireSecret,
  write: (writer, value) =>
    wireSecret.write(writer, {
      uuid: value.uuid,
      usageType: secretUsageNumber(value.usageType),
      usageID: value.usageId,
    }),
  read: (reader) => {
    const { uuid: id, usageType, usageID } = wireSecret.read(reader);
    return { uuid: id, usageType: secretUsage(usageType), usageId: usageID };
  },
};
