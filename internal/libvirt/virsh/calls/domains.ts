import type { DomainCalls } from '../../client.ts';
import { virError } from '../../error-code.ts';
import { UnsupportedCallError } from '../../error.ts';
import type { DomainRef } from '../../objects.ts';
import { domainState } from '../../rpc/wire/enumerations.ts';
import { checkedUuid, found } from '../not-found.ts';
import { nameIn } from '../output/document.ts';
import { parseDomainInfo } from '../output/domain.ts';
import { parseDomainList } from '../output/lists.ts';
import { first, second } from '../output/outputs.ts';
import { parseOneStats } from '../output/typed-values.ts';
import type { Attempt, Runner } from '../runner.ts';

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

export function domainLifeCycleCalls(runner: Runner): LifeCycleCalls {
  return {
    list: (filter, call) => runner.read('domains.list', [filter], call, (out) => parseDomainList(first(out))),
    lookupByName: (name, call) =>
      runner.perform('domains.lookupByName', call, (attempt) =>
        findDomain(attempt, 'domains.lookupByName', 'name', name),
      ),
    lookupByUuid: (uuid, call) =>
      runner.perform('domains.lookupByUuid', call, (attempt) =>
        findDomain(attempt, 'domains.lookupByUuid', 'uuid', checkedUuid(uuid, 'domains.lookupByUuid')),
      ),
    xml: (domain, options, call) => runner.read('domains.xml', [domain, options], call, first),
    state: (domain, call) =>
      runner.read('domains.state', [domain], call, (out) => {
        const stats = parseOneStats(first(out));
        return {
          state: domainState(Number(stats['state.state'])),
          reason: Number(stats['state.reason']),
        };
      }),
    info: (domain, call) =>
      runner.read('domains.info', [domain], call, (out) => {
        const { state, maxMemoryKiB, memoryKiB, vcpus } = parseDomainInfo(first(out));
        const cpuTime = parseOneStats(second(out))['cpu.time'] ?? 0n;
        // An inactive domain's `cpu.time` is what its last run left behind.
        const cpuTimeNs = state === 'shutoff' ? 0n : BigInt(cpuTime);
        return { state, maxMemoryKiB, memoryKiB, vcpus, cpuTimeNs };
      }),
    define: (xml, options, call) =>
      runner.perform('domains.define', call, async (attempt) => {
        await attempt.run('domains.define', [xml, options]);
        return findDomain(attempt, 'domains.define', 'name', nameIn(xml, 'domain'));
      }),
    createXml: (xml, options, call) =>
      runner.perform('domains.createXml', call, async (attempt) => {
        // The domain would end with the connection, which is virsh's own.
        if (options?.autodestroy === true) throw new UnsupportedCallError('domains.createXml', 'virsh');
        await attempt.run('domains.createXml', [xml, options]);
        return findDomain(attempt, 'domains.createXml', 'name', nameIn(xml, 'domain'));
      }),
    create: (domain, options, call) =>
      runner.perform('domains.create', call, async (attempt) => {
        await attempt.run('domains.create', [domain, options]);
        return findDomain(attempt, 'domains.create', 'uuid', domain.uuid);
      }),
    shutdown: (domain, options, call) => runner.done('domains.shutdown', [domain, options], call),
    reboot: (domain, options, call) => runner.done('domains.reboot', [domain, options], call),
    reset: (domain, call) => runner.done('domains.reset', [domain], call),
    destroy: (domain, options, call) => runner.done('domains.destroy', [domain, options], call),
    suspend: (domain, call) => runner.done('domains.suspend', [domain], call),
    resume: (domain, call) => runner.done('domains.resume', [domain], call),
    undefine: (domain, options, call) => runner.done('domains.undefine', [domain, options], call),
    isPersistent: (domain, call) =>
      runner.read('domains.isPersistent', [domain], call, (out) => parseDomainInfo(first(out)).persistent),
    autostart: (domain, call) =>
      runner.read('domains.autostart', [domain], call, (out) => parseDomainInfo(first(out)).autostart),
    setAutostart: (domain, on, call) => runner.done('domains.setAutostart', [domain, on], call),
    rename: async (domain, name, call) => {
      await runner.done('domains.rename', [domain, name], call);
      return { ...domain, name };
    },
    managedSave: (domain, options, call) => runner.done('domains.managedSave', [domain, options], call),
    hasManagedSave: (domain, call) =>
      runner.read('domains.hasManagedSave', [domain], call, (out) => parseDomainInfo(first(out)).managedSave),
    removeManagedSave: (domain, call) => runner.done('domains.removeManagedSave', [domain], call),
    save: (domain, path, call) => runner.done('domains.save', [domain, path], call),
    restore: (path, call) => runner.done('domains.restore', [path], call),
  };
}

async function findDomain(
  attempt: Attempt,
  call: string,
  key: 'name' | 'uuid',
  value: string,
): Promise<DomainRef> {
  const domains = parseDomainList(first(await attempt.run('domains.lookupByName', [value])));
  return found(
    domains.find((domain) => domain[key] === value),
    call,
    virError.noDomain,
    `the domain with the ${key} ${value}`,
  );
}
