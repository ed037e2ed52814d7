import type { DomainCalls } from '../../client.ts';
import { withoutLineBreak } from '../output/outputs.ts';
import type { Runner } from '../runner.ts';

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

export function domainConfigurationCalls(runner: Runner): ConfigurationCalls {
  return {
    attachDevice: (domain, xml, scope, call) =>
      runner.done('domains.attachDevice', [domain, xml, scope], call),
    detachDevice: (domain, xml, scope, call) =>
      runner.done('domains.detachDevice', [domain, xml, scope], call),
    detachDeviceAlias: (domain, alias, scope, call) =>
      runner.done('domains.detachDeviceAlias', [domain, alias, scope], call),
    updateDevice: (domain, xml, scope, call) =>
      runner.done('domains.updateDevice', [domain, xml, scope], call),
    setVcpus: (domain, count, scope, call) => runner.done('domains.setVcpus', [domain, count, scope], call),
    setMemory: (domain, kib, scope, call) => runner.done('domains.setMemory', [domain, kib, scope], call),
    pinVcpu: (domain, vcpu, cpus, scope, call) =>
      runner.done('domains.pinVcpu', [domain, vcpu, cpus, scope], call),
    metadata: (domain, namespaceUri, scope, call) =>
      runner.read('domains.metadata', [domain, namespaceUri, scope], call, withoutLineBreak),
    setMetadata: (domain, namespaceUri, key, xml, scope, call) =>
      runner.done('domains.setMetadata', [domain, namespaceUri, key, xml, scope], call),
    setTitle: (domain, title, scope, call) => runner.done('domains.setTitle', [domain, title, scope], call),
    setDescription: (domain, text, scope, call) =>
      runner.done('domains.setDescription', [domain, text, scope], call),
  };
}
