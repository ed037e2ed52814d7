import type { HostCalls } from '../../client.ts';
import { UnsupportedCallError } from '../../error.ts';
import { parseFreeMemory, parseNodeInfo, parseVersions } from '../output/host.ts';
import { parseWords } from '../output/lists.ts';
import { unexpected } from '../output/fields.ts';
import { first, withoutLineBreak } from '../output/outputs.ts';
import type { Runner } from '../runner.ts';

export function hostCalls(runner: Runner): HostCalls {
  return {
    ping: (call) => runner.done('host.ping', [], call),
    versions: (call) => runner.read('host.versions', [], call, (out) => parseVersions(first(out))),
    hostname: (call) => runner.read('host.hostname', [], call, (out) => first(out).trim()),
    nodeInfo: (call) => runner.read('host.nodeInfo', [], call, (out) => parseNodeInfo(first(out))),
    capabilities: (call) => runner.read('host.capabilities', [], call, withoutLineBreak),
    domainCapabilities: (query, call) =>
      runner.read('host.domainCapabilities', [query], call, withoutLineBreak),
    sysinfo: (call) => runner.read('host.sysinfo', [], call, first),
    cpuModels: (arch, call) => runner.read('host.cpuModels', [arch], call, (out) => parseWords(first(out))),
    compareHypervisorCpu: (_cpu, _query, call) =>
      runner.perform('host.compareHypervisorCpu', call, () =>
        Promise.reject(new UnsupportedCallError('host.compareHypervisorCpu', 'virsh')),
      ),
    freeMemoryBytes: (call) =>
      runner.read('host.freeMemoryBytes', [], call, (out) => {
        const [total] = parseFreeMemory(first(out));
        if (total === undefined) throw unexpected(first(out));
        return total.bytes;
      }),
    cellsFreeMemoryBytes: (call) =>
      runner.read('host.cellsFreeMemoryBytes', [], call, (out) =>
        parseFreeMemory(first(out)).flatMap(({ cell, bytes }) => (/^\d+$/.test(cell) ? [bytes] : [])),
      ),
  };
}
