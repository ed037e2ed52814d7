import type { HostCalls } from '../../client.ts';
import type { Session } from '../session.ts';
import { cpuComparisons, nameOf } from '../wire/enumerations.ts';
import { connect } from '../wire/procedures/connect.ts';

const cellsMaximum = 1024;

export function hostCalls(session: Session): HostCalls {
  return {
    ping: async (call) => {
      await session.call('host.ping', connect.getLibVersion, {}, call);
    },
    versions: async (call) => {
      const [{ libVer }, { hvVer }] = await Promise.all([
        session.call('host.versions', connect.getLibVersion, {}, call),
        session.call('host.versions', connect.getVersion, {}, call),
      ]);
      return { libvirt: versionText(libVer), hypervisor: versionText(hvVer) };
    },
    hostname: async (call) => (await session.call('host.hostname', connect.getHostname, {}, call)).hostname,
    nodeInfo: async (call) => {
      const info = await session.call('host.nodeInfo', connect.nodeGetInfo, {}, call);
      return {
        cpuModel: info.model,
        memoryKiB: info.memory,
        cpus: info.cpus,
        mhz: info.mhz,
        numaNodes: info.nodes,
        sockets: info.sockets,
        coresPerSocket: info.cores,
        threadsPerCore: info.threads,
      };
    },
    // libvirt may have to start QEMU to learn what it can do: both of these can take seconds.
    capabilities: async (call) =>
      (await session.slowCall('host.capabilities', connect.getCapabilities, {}, call)).capabilities,
    domainCapabilities: async (query, call) => {
      const values = {
        emulatorbin: query.emulator ?? null,
        arch: query.arch ?? null,
        machine: query.machine ?? null,
        virttype: query.virtType ?? null,
        flags: 0,
      };
      const { capabilities } = await session.slowCall(
        'host.domainCapabilities',
        connect.getDomainCapabilities,
        values,
        call,
      );
      return capabilities;
    },
    sysinfo: async (call) =>
      (await session.call('host.sysinfo', connect.getSysinfo, { flags: 0 }, call)).sysinfo,
    cpuModels: async (arch, call) => {
      const values = { arch, needResults: true, flags: 0 };
      return (await session.call('host.cpuModels', connect.getCpuModelNames, values, call)).models;
    },
    // libvirt may have to start QEMU for it, as for its capabilities.
    compareHypervisorCpu: async (xmlCPU, query = {}, call) => {
      const values = {
        emulator: query.emulator ?? null,
        arch: query.arch ?? null,
        machine: query.machine ?? null,
        virttype: query.virtType ?? null,
        xmlCPU,
        flags: 0,
      };
      const { result } = await session.slowCall(
        'host.compareHypervisorCpu',
        connect.compareHypervisorCpu,
        values,
        call,
      );
      return nameOf(cpuComparisons, result, 'comparison of CPUs');
    },
    freeMemoryBytes: async (call) =>
      (await session.call('host.freeMemoryBytes', connect.nodeGetFreeMemory, {}, call)).freeMem,
    cellsFreeMemoryBytes: async (call) => {
      const values = { startCell: 0, maxcells: cellsMaximum };
      const { cells } = await session.call(
        'host.cellsFreeMemoryBytes',
        connect.nodeGetCellsFreeMemory,
        values,
        call,
      );
      return cells;
    },
  };
}

/** libvirt packs a version as major * 1000000 + minor * 1000 + release. */
function versionText(packed: bigint): string {
  return `${packed / 1_000_000n}.${(packed / 1000n) % 1000n}.${packed % 1000n}`;
}
