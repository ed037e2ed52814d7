import type { PoolRef } from '../../objects.ts';
import type { CallsOf, CommandTable } from '../call-names.ts';
import { documentOption, flag, listFlags, option, virsh } from '../command.ts';

/** Lines of uuid and name. */
const allPools = virsh('pool-list', '--all', '--uuid', '--name');

export const poolCommands: CommandTable<CallsOf<'pools'>> = {
  'pools.list': (filter = {}) => [virsh('pool-list', listFlags(filter), '--uuid', '--name')],
  'pools.lookupByName': () => [allPools],
  'pools.lookupByUuid': () => [allPools],
  // virsh has no such command: the driver reads the documents of all pools.
  'pools.lookupByTargetPath': () => [allPools],
  'pools.xml': (pool, options = {}) => [virsh('pool-dumpxml', of(pool), flag('inactive', options.inactive))],
  'pools.info': (pool) => [virsh('pool-info', of(pool), '--bytes')],
  'pools.define': (xml, options = {}) => [
    virsh('pool-define', documentOption('file', 'pool.xml', xml), flag('validate', options.validate)),
  ],
  'pools.createXml': (xml, options = {}) => [
    virsh('pool-create', documentOption('file', 'pool.xml', xml), flag('build', options.build)),
  ],
  'pools.build': (pool) => [virsh('pool-build', of(pool))],
  'pools.create': (pool, options = {}) => [virsh('pool-start', of(pool), flag('build', options.build))],
  'pools.destroy': (pool) => [virsh('pool-destroy', of(pool))],
  'pools.delete': (pool) => [virsh('pool-delete', of(pool))],
  'pools.undefine': (pool) => [virsh('pool-undefine', of(pool))],
  'pools.refresh': (pool) => [virsh('pool-refresh', of(pool))],
  'pools.isActive': (pool) => [virsh('pool-info', of(pool))],
  'pools.isPersistent': (pool) => [virsh('pool-info', of(pool))],
  'pools.autostart': (pool) => [virsh('pool-info', of(pool))],
  'pools.setAutostart': (pool, on) => [virsh('pool-autostart', of(pool), flag('disable', !on))],
};

function of(pool: PoolRef): readonly string[] {
  return option('pool', pool.uuid);
}
