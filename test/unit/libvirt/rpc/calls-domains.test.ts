import { describe } from 'vitest';
import { domains } from '../../../../internal/libvirt/rpc/wire/procedures/domain.ts';
import { domainConfigurationCalls } from '../../../../internal/libvirt/rpc/calls/domain-configuration.ts';
import { domainLifeCycleCalls } from '../../../../internal/libvirt/rpc/calls/domains.ts';
import { unconnectedSession } from './unconnected-session.ts';
import { callsTable, both, dom, flags, uuid } from './calls-table.ts';

const { isComplete, sends } = callsTable();
const off = { ...dom, id: null };

describe('domains', () => {
  const { domains: listed } = { domains: [dom, off] };
  const list = { domains: listed, ret: 2 };
  sends(
    'domains.list',
    (c) => c.domains.list(),
    domains.listAll,
    { needResults: true, flags: 0 },
    list,
    listed,
  );
  sends(
    'domains.list',
    (c) => c.domains.list({ active: false, persistent: true }),
    domains.listAll,
    { needResults: true, flags: 2 | 4 },
    list,
    listed,
  );
  sends(
    'domains.lookupByName',
    (c) => c.domains.lookupByName('vm'),
    domains.lookupByName,
    { name: 'vm' },
    { dom },
    dom,
  );
  sends(
    'domains.lookupByUuid',
    (c) => c.domains.lookupByUuid(uuid),
    domains.lookupByUuid,
    { uuid },
    { dom },
    dom,
  );
  sends(
    'domains.xml',
    (c) => c.domains.xml(dom),
    domains.getXmlDesc,
    { dom, flags: 0 },
    { xml: '<x/>' },
    '<x/>',
  );
  sends(
    'domains.xml',
    (c) => c.domains.xml(dom, { secure: true, inactive: true, migratable: true }),
    domains.getXmlDesc,
    { dom, flags: 1 | 2 | 8 },
    { xml: '<x/>' },
    '<x/>',
  );
  sends(
    'domains.state',
    (c) => c.domains.state(dom),
    domains.getState,
    { dom, flags },
    { state: 1, reason: 5 },
    { state: 'running', reason: 5 },
  );
  sends(
    'domains.info',
    (c) => c.domains.info(dom),
    domains.getInfo,
    { dom },
    { state: 3, maxMem: 2048, memory: 1024, nrVirtCpu: 4, cpuTime: 2n ** 60n },
    { state: 'paused', maxMemoryKiB: 2048, memoryKiB: 1024, vcpus: 4, cpuTimeNs: 2n ** 60n },
  );
  sends(
    'domains.define',
    (c) => c.domains.define('<d/>', { validate: true }),
    domains.defineXmlFlags,
    { xml: '<d/>', flags: 1 },
    { dom: off },
    off,
  );
  sends(
    'domains.createXml',
    (c) => c.domains.createXml('<d/>', { paused: true, validate: true }),
    domains.createXml,
    { xmlDesc: '<d/>', flags: 1 | 16 },
    { dom },
    dom,
  );
  sends(
    'domains.createXml',
    (c) => c.domains.createXml('<d/>', { autodestroy: true }),
    domains.createXml,
    { xmlDesc: '<d/>', flags: 2 },
    { dom },
    dom,
  );
  sends(
    'domains.create',
    (c) => c.domains.create(off, { paused: true, bypassCache: true, forceBoot: true }),
    domains.createWithFlags,
    { dom: off, flags: 1 | 4 | 8 },
    { dom },
    dom,
  );
  sends('domains.shutdown', (c) => c.domains.shutdown(dom), domains.shutdown, { dom }, {});
  sends(
    'domains.shutdown',
    (c) => c.domains.shutdown(dom, { mode: 'agent' }),
    domains.shutdownFlags,
    { dom, flags: 2 },
    {},
  );
  sends('domains.reboot', (c) => c.domains.reboot(dom), domains.reboot, { dom, flags: 0 }, {});
  sends(
    'domains.reboot',
    (c) => c.domains.reboot(dom, { mode: 'acpi' }),
    domains.reboot,
    { dom, flags: 1 },
    {},
  );
  sends('domains.reset', (c) => c.domains.reset(dom), domains.reset, { dom, flags }, {});
  sends(
    'domains.destroy',
    (c) => c.domains.destroy(dom, { graceful: true }),
    domains.destroyFlags,
    { dom, flags: 1 },
    {},
  );
  sends('domains.suspend', (c) => c.domains.suspend(dom), domains.suspend, { dom }, {});
  sends('domains.resume', (c) => c.domains.resume(dom), domains.resume, { dom }, {});
  sends(
    'domains.undefine',
    (c) =>
      c.domains.undefine(off, {
        managedSave: true,
        snapshotsMetadata: true,
        checkpointsMetadata: true,
        nvram: 'remove',
        tpm: 'keep',
      }),
    domains.undefineFlags,
    { dom: off, flags: 1 | 2 | 4 | 16 | 64 },
    {},
  );
  sends(
    'domains.undefine',
    (c) => c.domains.undefine(off, { nvram: 'keep', tpm: 'remove' }),
    domains.undefineFlags,
    { dom: off, flags: 8 | 32 },
    {},
  );
  sends(
    'domains.isPersistent',
    (c) => c.domains.isPersistent(dom),
    domains.isPersistent,
    { dom },
    { persistent: true },
    true,
  );
  sends(
    'domains.autostart',
    (c) => c.domains.autostart(dom),
    domains.getAutostart,
    { dom },
    { autostart: false },
    false,
  );
  sends(
    'domains.setAutostart',
    (c) => c.domains.setAutostart(dom, true),
    domains.setAutostart,
    { dom, autostart: true },
    {},
  );
  sends(
    'domains.rename',
    (c) => c.domains.rename(off, 'new'),
    domains.rename,
    { dom: off, newName: 'new', flags },
    { retcode: 0 },
    { ...off, name: 'new' },
  );
  sends(
    'domains.managedSave',
    (c) => c.domains.managedSave(dom, { bypassCache: true, state: 'paused' }),
    domains.managedSave,
    { dom, flags: 1 | 4 },
    {},
  );
  sends(
    'domains.managedSave',
    (c) => c.domains.managedSave(dom, { state: 'running' }),
    domains.managedSave,
    { dom, flags: 2 },
    {},
  );
  sends(
    'domains.hasManagedSave',
    (c) => c.domains.hasManagedSave(dom),
    domains.hasManagedSaveImage,
    { dom, flags },
    { result: true },
    true,
  );
  sends(
    'domains.removeManagedSave',
    (c) => c.domains.removeManagedSave(dom),
    domains.managedSaveRemove,
    { dom, flags },
    {},
  );
  sends('domains.save', (c) => c.domains.save(dom, '/s'), domains.save, { dom, to: '/s' }, {});
  sends('domains.restore', (c) => c.domains.restore('/s'), domains.restore, { from: '/s' }, {});
});

describe('configuration of domains', () => {
  const change = { dom, xml: '<disk/>', flags: 3 };
  sends(
    'domains.attachDevice',
    (c) => c.domains.attachDevice(dom, '<disk/>', both),
    domains.attachDeviceFlags,
    change,
    {},
  );
  sends(
    'domains.detachDevice',
    (c) => c.domains.detachDevice(dom, '<disk/>', both),
    domains.detachDeviceFlags,
    change,
    {},
  );
  sends(
    'domains.detachDeviceAlias',
    (c) => c.domains.detachDeviceAlias(dom, 'net0', { live: true }),
    domains.detachDeviceAlias,
    { dom, alias: 'net0', flags: 1 },
    {},
  );
  sends(
    'domains.updateDevice',
    (c) => c.domains.updateDevice(dom, '<disk/>', { config: true, force: true }),
    domains.updateDeviceFlags,
    { ...change, flags: 2 | 4 },
    {},
  );
  sends(
    'domains.setVcpus',
    (c) => c.domains.setVcpus(dom, 4, { config: true, maximum: true, guest: true }),
    domains.setVcpusFlags,
    { dom, nvcpus: 4, flags: 2 | 4 | 8 },
    {},
  );
  sends(
    'domains.setMemory',
    (c) => c.domains.setMemory(dom, 2 ** 40, { config: true, maximum: true }),
    domains.setMemoryFlags,
    { dom, memory: 2 ** 40, flags: 2 | 4 },
    {},
  );
  sends(
    'domains.pinVcpu',
    (c) => c.domains.pinVcpu(dom, 1, [0, 9, 15], { live: true }),
    domains.pinVcpuFlags,
    { dom, vcpu: 1, cpumap: new Uint8Array([0b1, 0b1000_0010]), flags: 1 },
    {},
  );
  sends(
    'domains.metadata',
    (c) => c.domains.metadata(dom, 'urn:x', { config: true }),
    domains.getMetadata,
    { dom, type: 2, uri: 'urn:x', flags: 2 },
    { metadata: '<m/>' },
    '<m/>',
  );
  sends(
    'domains.setMetadata',
    (c) => c.domains.setMetadata(dom, 'urn:x', 'key', '<m/>', both),
    domains.setMetadata,
    { dom, type: 2, metadata: '<m/>', key: 'key', uri: 'urn:x', flags: 3 },
    {},
  );
  sends(
    'domains.setTitle',
    (c) => c.domains.setTitle(dom, 'title', both),
    domains.setMetadata,
    { dom, type: 1, metadata: 'title', key: null, uri: null, flags: 3 },
    {},
  );
  sends(
    'domains.setDescription',
    (c) => c.domains.setDescription(dom, null, both),
    domains.setMetadata,
    { dom, type: 0, metadata: null, key: null, uri: null, flags: 3 },
    {},
  );
});

isComplete({
  domains: () => ({
    ...domainLifeCycleCalls(unconnectedSession()),
    ...domainConfigurationCalls(unconnectedSession()),
  }),
});
