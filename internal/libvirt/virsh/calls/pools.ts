import type { PoolCalls } from '../../client.ts';
import { virError } from '../../error-code.ts';
import type { PoolRef } from '../../objects.ts';
import { checkedUuid, found, notFound } from '../not-found.ts';
import { elementText, nameIn } from '../output/document.ts';
import { field, parseFields } from '../output/fields.ts';
import { parsePoolInfo } from '../output/host.ts';
import { parsePoolList } from '../output/lists.ts';
import { first } from '../output/outputs.ts';
import type { Attempt, Runner } from '../runner.ts';

export function poolCalls(runner: Runner): PoolCalls {
  return {
    list: (filter, call) => runner.read('pools.list', [filter], call, (out) => parsePoolList(first(out))),
    lookupByName: (name, call) =>
      runner.perform('pools.lookupByName', call, (attempt) =>
        findPool(attempt, 'pools.lookupByName', 'name', name),
      ),
    lookupByUuid: (uuid, call) =>
      runner.perform('pools.lookupByUuid', call, (attempt) =>
        findPool(attempt, 'pools.lookupByUuid', 'uuid', checkedUuid(uuid, 'pools.lookupByUuid')),
      ),
    lookupByTargetPath: (path, call) =>
      runner.perform('pools.lookupByTargetPath', call, async (attempt) => {
        const wanted = withoutSlash(path);
        for (const pool of parsePoolList(first(await attempt.run('pools.lookupByTargetPath', [path])))) {
          const xml = first(await attempt.run('pools.xml', [pool]));
          if (withoutSlash(elementText(xml, ['pool', 'target', 'path']) ?? '') === wanted) return pool;
        }
        throw notFound(
          'pools.lookupByTargetPath',
          virError.noStoragePool,
          `the pool with the target ${path}`,
        );
      }),
    xml: (pool, options, call) => runner.read('pools.xml', [pool, options], call, first),
    info: (pool, call) => runner.read('pools.info', [pool], call, (out) => parsePoolInfo(first(out))),
    define: (xml, options, call) =>
      runner.perform('pools.define', call, async (attempt) => {
        await attempt.run('pools.define', [xml, options]);
        return findPool(attempt, 'pools.define', 'name', nameIn(xml, 'pool'));
      }),
    createXml: (xml, options, call) =>
      runner.perform('pools.createXml', call, async (attempt) => {
        await attempt.run('pools.createXml', [xml, options]);
        return findPool(attempt, 'pools.createXml', 'name', nameIn(xml, 'pool'));
      }),
    build: (pool, call) => runner.done('pools.build', [pool], call),
    create: (pool, options, call) => runner.done('pools.create', [pool, options], call),
    destroy: (pool, call) => runner.done('pools.destroy', [pool], call),
    delete: (pool, call) => runner.done('pools.delete', [pool], call),
    undefine: (pool, call) => runner.done('pools.undefine', [pool], call),
    refresh: (pool, call) => runner.done('pools.refresh', [pool], call),
    isActive: (pool, call) =>
      runner.read('pools.isActive', [pool], call, (out) => parsePoolInfo(first(out)).state !== 'inactive'),
    isPersistent: (pool, call) =>
      runner.read('pools.isPersistent', [pool], call, (out) => says(first(out), 'Persistent')),
    autostart: (pool, call) =>
      runner.read('pools.autostart', [pool], call, (out) => says(first(out), 'Autostart')),
    setAutostart: (pool, on, call) => runner.done('pools.setAutostart', [pool, on], call),
  };
}

function says(info: string, name: string): boolean {
  return field(parseFields(info), name) === 'yes';
}

function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/+$/, '');
}

async function findPool(
  attempt: Attempt,
  call: string,
  key: 'name' | 'uuid',
  value: string,
): Promise<PoolRef> {
  const pools = parsePoolList(first(await attempt.run('pools.lookupByName', [value])));
  return found(
    pools.find((pool) => pool[key] === value),
    call,
    virError.noStoragePool,
    `the pool with the ${key} ${value}`,
  );
}
