import type { HostCalls } from '../../../internal/libvirt/client.ts';

/** A libvirtd that tells these documents; every other call fails. */
export function hostCalls(documents: {
  readonly capabilities: string;
  readonly domainCapabilities: string;
}): HostCalls {
  const unexpected = () => Promise.reject(new Error('not a call of this test'));
  return {
    ping: unexpected,
    versions: () => Promise.resolve({ libvirt: '9.0.0', hypervisor: '7.2.22' }),
    hostname: unexpected,
    nodeInfo: unexpected,
    capabilities: () => Promise.resolve(documents.capabilities),
    domainCapabilities: () => Promise.resolve(documents.domainCapabilities),
    sysinfo: unexpected,
    cpuModels: unexpected,
    compareHypervisorCpu: unexpected,
    freeMemoryBytes: unexpected,
    cellsFreeMemoryBytes: unexpected,
  };
}
