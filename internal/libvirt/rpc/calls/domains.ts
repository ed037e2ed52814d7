import type { DomainCalls } from '../../client.ts';
import type { Session } from '../session.ts';
import { domainState } from '../wire/enumerations.ts';
import { domains } from '../wire/procedures/domain.ts';
import { bit, listFlags } from './flags.ts';
import { checkUuid } from './uuid.ts';

type LifeCycleCalls = Pick<
  DomainCalls,
  | 'list'
  | 'lookupByName'
  | 'lookupByUuid'
  | 'xml'
  | 'state'
  | 'info'
  | 'define'
  | 'createXml'
  | 'create'
  | 'shutdown'
  | 'reboot'
  | 'reset'
  | 'destroy'
  | 'suspend'
  | 'resume'
  | 'undefine'
  | 'isPersistent'
  | 'autostart'
  | 'setAutostart'
  | 'rename'
  | 'managedSave'
  | 'hasManagedSave'
  | 'removeManagedSave'
  | 'save'
  | 'restore'
>;

/** virConnectListAllDomainsFlags. */
const listBits = { active: 1 << 0, inactive: 1 << 1, persistent: 1 << 2, transient: 1 << 3 };
/** virDomainShutdownFlagValues and virDomainRebootFlagValues. */
const shutdownModes = { acpi: 1 << 0, agent: 1 << 1 } as const;

/** The rest of virConnectListAllDomainsFlags that is used, which networks and pools have under other bits. */
function savedAndAutostartFlags(filter: {
  readonly autostart?: boolean;
  readonly managedSave?: boolean;
}): number {
  return (
    bit(filter.managedSave === true, 1 << 8) |
    bit(filter.managedSave === false, 1 << 9) |
    bit(filter.autostart === true, 1 << 10) |
    bit(filter.autostart === false, 1 << 11)
  );
}

export function domainLifeCycleCalls(session: Session): LifeCycleCalls {
  return {
    list: async (filter = {}, call) => {
      const flags = listFlags(filter, listBits) | savedAndAutostartFlags(filter);
      const values = { needResults: true, flags };
      return (await session.call('domains.list', domains.listAll, values, call)).domains;
    },
    lookupByName: async (name, call) =>
      (await session.call('domains.lookupByName', domains.lookupByName, { name }, call)).dom,
    lookupByUuid: async (uuid, call) => {
      checkUuid(uuid, 'domains.lookupByUuid');
      return (await session.call('domains.lookupByUuid', domains.lookupByUuid, { uuid }, call)).dom;
    },
    xml: async (dom, options = {}, call) => {
      const flags =
        bit(options.secure, 1 << 0) | bit(options.inactive, 1 << 1) | bit(options.migratable, 1 << 3);
      return (await session.call('domains.xml', domains.getXmlDesc, { dom, flags }, call)).xml;
    },
    state: async (dom, call) => {
      const { state, reason } = await session.call(
        'domains.state',
        domains.getState,
        { dom, flags: 0 },
        call,
      );
      return { state: domainState(state), reason };
    },
    info: async (dom, call) => {
      const info = await session.call('domains.info', domains.getInfo, { dom }, call);
      return {
        state: domainState(info.state),
        maxMemoryKiB: info.maxMem,
        memoryKiB: info.memory,
        vcpus: info.nrVirtCpu,
        cpuTimeNs: info.cpuTime,
      };
    },
    define: async (xml, options = {}, call) => {
      const values = { xml, flags: bit(options.validate, 1 << 0) };
      return (await session.slowCall('domains.define', domains.defineXmlFlags, values, call)).dom;
    },
    createXml: async (xmlDesc, options = {}, call) => {
      const flags =
        bit(options.paused, 1 << 0) | bit(options.autodestroy, 1 << 1) | bit(options.validate, 1 << 4);
      if (options.autodestroy === true) session.keepLongConnections();
      return (await session.longCall('domains.createXml', domains.createXml, { xmlDesc, flags }, call)).dom;
    },
    create: async (dom, options = {}, call) => {
      const flags =
        bit(options.paused, 1 << 0) | bit(options.bypassCache, 1 << 2) | bit(options.forceBoot, 1 << 3);
      return (await session.longCall('domains.create', domains.createWithFlags, { dom, flags }, call)).dom;
    },
    shutdown: async (dom, { mode } = {}, call) => {
      if (mode === undefined) await session.slowCall('domains.shutdown', domains.shutdown, { dom }, call);
      else {
        const values = { dom, flags: shutdownModes[mode] };
        await session.slowCall('domains.shutdown', domains.shutdownFlags, values, call);
      }
    },
    reboot: async (dom, { mode } = {}, call) => {
      const values = { dom, flags: mode === undefined ? 0 : shutdownModes[mode] };
      await session.slowCall('domains.reboot', domains.reboot, values, call);
    },
    reset: async (dom, call) => {
      await session.slowCall('domains.reset', domains.reset, { dom, flags: 0 }, call);
    },
    destroy: async (dom, options = {}, call) => {
      const values = { dom, flags: bit(options.graceful, 1 << 0) };
      await session.longCall('domains.destroy', domains.destroyFlags, values, call);
    },
    suspend: async (dom, call) => {
      await session.slowCall('domains.suspend', domains.suspend, { dom }, call);
    },
    resume: async (dom, call) => {
      await session.slowCall('domains.resume', domains.resume, { dom }, call);
    },
    undefine: async (dom, options = {}, call) => {
      const flags =
        bit(options.managedSave, 1 << 0) |
        bit(options.snapshotsMetadata, 1 << 1) |
        bit(options.nvram === 'remove', 1 << 2) |
        bit(options.nvram === 'keep', 1 << 3) |
        bit(options.checkpointsMetadata, 1 << 4) |
        bit(options.tpm === 'remove', 1 << 5) |
        bit(options.tpm === 'keep', 1 << 6);
      await session.call('domains.undefine', domains.undefineFlags, { dom, flags }, call);
    },
    isPersistent: async (dom, call) =>
      (await session.call('domains.isPersistent', domains.isPersistent, { dom }, call)).persistent,
    autostart: async (dom, call) =>
      (await session.call('domains.autostart', domains.getAutostart, { dom }, call)).autostart,
    setAutostart: async (dom, autostart, call) => {
      await session.call('domains.setAutostart', domains.setAutostart, { dom, autostart }, call);
    },
    rename: async (dom, newName, call) => {
      await session.call('domains.rename', domains.rename, { dom, newName, flags: 0 }, call);
      return { ...dom, name: newName };
    },
    managedSave: async (dom, options = {}, call) => {
      const flags =
        bit(options.bypassCache, 1 << 0) |
        bit(options.state === 'running', 1 << 1) |
        bit(options.state === 'paused', 1 << 2);
      await session.longCall('domains.managedSave', domains.managedSave, { dom, flags }, call);
    },
    hasManagedSave: async (dom, call) => {
      const values = { dom, flags: 0 };
      return (await session.call('domains.hasManagedSave', domains.hasManagedSaveImage, values, call)).result;
    },
    removeManagedSave: async (dom, call) => {
      await session.call('domains.removeManagedSave', domains.managedSaveRemove, { dom, flags: 0 }, call);
    },
    save: async (dom, to, call) => {
      await session.longCall('domains.save', domains.save, { dom, to }, call);
    },
    restore: async (from, call) => {
      await session.longCall('domains.restore', domains.restore, { from }, call);
    },
  };
}
