import type { DomainCalls } from '../../client.ts';
import { argumentError } from '../call.ts';
import type { Session } from '../session.ts';
import { domains } from '../wire/procedures/domain.ts';
import { bit, scopeFlags } from './flags.ts';

type ConfigurationCalls = Pick<
  DomainCalls,
  | 'attachDevice'
  | 'detachDevice'
  | 'detachDeviceAlias'
  | 'updateDevice'
  | 'setVcpus'
  | 'setMemory'
  | 'pinVcpu'
  | 'metadata'
  | 'setMetadata'
  | 'setTitle'
  | 'setDescription'
>;

/** virDomainMetadataType. */
const metadataType = { description: 0, title: 1, element: 2 } as const;
/** REMOTE_CPUMAP_MAX bytes of eight CPUs each. */
const cpuMaximum = 2048 * 8;

export function domainConfigurationCalls(session: Session): ConfigurationCalls {
  return {
    attachDevice: async (dom, xml, scope, call) => {
      const values = { dom, xml, flags: scopeFlags(scope) };
      await session.longCall('domains.attachDevice', domains.attachDeviceFlags, values, call);
    },
    detachDevice: async (dom, xml, scope, call) => {
      const values = { dom, xml, flags: scopeFlags(scope) };
      await session.slowCall('domains.detachDevice', domains.detachDeviceFlags, values, call);
    },
    detachDeviceAlias: async (dom, alias, scope, call) => {
      const values = { dom, alias, flags: scopeFlags(scope) };
      await session.slowCall('domains.detachDeviceAlias', domains.detachDeviceAlias, values, call);
    },
    updateDevice: async (dom, xml, scope, call) => {
      const values = { dom, xml, flags: scopeFlags(scope) | bit(scope.force, 1 << 2) };
      await session.slowCall('domains.updateDevice', domains.updateDeviceFlags, values, call);
    },
    setVcpus: async (dom, nvcpus, scope, call) => {
      const flags = scopeFlags(scope) | bit(scope.maximum, 1 << 2) | bit(scope.guest, 1 << 3);
      await session.slowCall('domains.setVcpus', domains.setVcpusFlags, { dom, nvcpus, flags }, call);
    },
    setMemory: async (dom, memory, scope, call) => {
      const values = { dom, memory, flags: scopeFlags(scope) | bit(scope.maximum, 1 << 2) };
      await session.slowCall('domains.setMemory', domains.setMemoryFlags, values, call);
    },
    pinVcpu: async (dom, vcpu, cpus, scope, call) => {
      const values = { dom, vcpu, cpumap: cpuMap(cpus, 'domains.pinVcpu'), flags: scopeFlags(scope) };
      await session.call('domains.pinVcpu', domains.pinVcpuFlags, values, call);
    },
    metadata: async (dom, namespaceUri, scope = {}, call) => {
      const values = { dom, type: metadataType.element, uri: namespaceUri, flags: scopeFlags(scope) };
      return (await session.call('domains.metadata', domains.getMetadata, values, call)).metadata;
    },
    setMetadata: async (dom, uri, key, xml, scope, call) => {
      const flags = scopeFlags(scope);
      const values = { dom, type: metadataType.element, metadata: xml, key, uri, flags };
      await session.call('domains.setMetadata', domains.setMetadata, values, call);
    },
    setTitle: async (dom, title, scope, call) => {
      const flags = scopeFlags(scope);
      const values = { dom, type: metadataType.title, metadata: title, key: null, uri: null, flags };
      await session.call('domains.setTitle', domains.setMetadata, values, call);
    },
    setDescription: async (dom, text, scope, call) => {
      const flags = scopeFlags(scope);
      const values = { dom, type: metadataType.description, metadata: text, key: null, uri: null, flags };
      await session.call('domains.setDescription', domains.setMetadata, values, call);
    },
  };
}

/** One bit for each CPU, the lowest first. */
function cpuMap(cpus: readonly number[], call: string): Uint8Array {
  const map = new Uint8Array((Math.max(0, ...cpus) >> 3) + 1);
  for (const cpu of cpus) {
    if (!Number.isInteger(cpu) || cpu < 0 || cpu >= cpuMaximum) {
      throw argumentError(call, new Error(`${cpu} is not the number of a CPU`));
    }
    map[cpu >> 3] = (map[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  }
  return map;
}
