import type { SnapshotCalls } from '../../client.ts';
import type { Session } from '../session.ts';
import { snapshots } from '../wire/procedures/domain-guest.ts';
import { bit } from './flags.ts';

export function snapshotCalls(session: Session): SnapshotCalls {
  return {
    list: async (dom, call) => {
      const values = { dom, needResults: true, flags: 0 };
      return (await session.call('snapshots.list', snapshots.listAll, values, call)).snapshots;
    },
    lookupByName: async (dom, name, call) => {
      const values = { dom, name, flags: 0 };
      return (await session.call('snapshots.lookupByName', snapshots.lookupByName, values, call)).snap;
    },
    current: async (dom, call) => {
      const values = { dom, flags: 0 };
      const { result } = await session.call('snapshots.current', snapshots.hasCurrent, values, call);
      if (!result) return null;
      return (await session.call('snapshots.current', snapshots.current, values, call)).snap;
    },
    xml: async (snap, call) =>
      (await session.call('snapshots.xml', snapshots.getXmlDesc, { snap, flags: 0 }, call)).xml,
    create: async (dom, xmlDesc, options = {}, call) => {
      const flags =
        bit(options.redefine, 1 << 0) |
        bit(options.current, 1 << 1) |
        bit(options.noMetadata, 1 << 2) |
        bit(options.halt, 1 << 3) |
        bit(options.diskOnly, 1 << 4) |
        bit(options.reuseExternal, 1 << 5) |
        bit(options.quiesce, 1 << 6) |
        bit(options.atomic, 1 << 7) |
        bit(options.live, 1 << 8) |
        bit(options.validate, 1 << 9);
      return (await session.longCall('snapshots.create', snapshots.createXml, { dom, xmlDesc, flags }, call))
        .snap;
    },
    revert: async (snap, options = {}, call) => {
      const flags = bit(options.running, 1 << 0) | bit(options.paused, 1 << 1) | bit(options.force, 1 << 2);
      await session.longCall('snapshots.revert', snapshots.revert, { snap, flags }, call);
    },
    delete: async (snap, options = {}, call) => {
      const flags =
        bit(options.children, 1 << 0) | bit(options.metadataOnly, 1 << 1) | bit(options.childrenOnly, 1 << 2);
      await session.longCall('snapshots.delete', snapshots.delete, { snap, flags }, call);
    },
  };
}
