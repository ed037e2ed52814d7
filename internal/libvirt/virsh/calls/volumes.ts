import type { VolumeCalls } from '../../client.ts';
import { virError } from '../../error-code.ts';
import type { PoolRef, VolumeRef } from '../../objects.ts';
import { option, virsh } from '../command.ts';
import { found, notFound } from '../not-found.ts';
import { nameIn } from '../output/document.ts';
import { field, parseFields } from '../output/fields.ts';
import { parseVolumeInfo } from '../output/host.ts';
import { parseVolumeList } from '../output/lists.ts';
import { first } from '../output/outputs.ts';
import type { Attempt, Runner } from '../runner.ts';
import { downloadVolume, uploadVolume } from '../volume-stream.ts';

export function volumeCalls(runner: Runner): VolumeCalls {
  return {
    list: (pool, call) => runner.perform('volumes.list', call, (attempt) => listVolumes(attempt, pool)),
    lookupByName: (pool, name, call) =>
      runner.perform('volumes.lookupByName', call, (attempt) =>
        findVolume(attempt, 'volumes.lookupByName', pool, name),
      ),
    lookupByPath: (path, call) =>
      runner.read('volumes.lookupByPath', [path], call, (outputs) => reference(outputs)),
    lookupByKey: (key, call) =>
      runner.read('volumes.lookupByKey', [key], call, (outputs) => {
        const volume = reference(outputs);
        // virsh takes a path as well.
        return found(
          volume.key === key ? volume : undefined,
          'volumes.lookupByKey',
          virError.noStorageVolume,
          `the volume with the key ${key}`,
        );
      }),
    xml: (volume, call) => runner.read('volumes.xml', [volume], call, first),
    info: (volume, call) => runner.read('volumes.info', [volume], call, (out) => parseVolumeInfo(first(out))),
    path: (volume, call) => runner.read('volumes.path', [volume], call, (out) => line(first(out))),
    create: (pool, xml, options, call) =>
      runner.perform('volumes.create', call, async (attempt) => {
        await attempt.run('volumes.create', [pool, xml, options]);
        return findVolume(attempt, 'volumes.create', pool, nameIn(xml, 'volume'));
      }),
    clone: (pool, xml, source, options, call) =>
      runner.perform('volumes.clone', call, async (attempt) => {
        await attempt.run('volumes.clone', [pool, xml, source, options]);
        return findVolume(attempt, 'volumes.clone', pool, nameIn(xml, 'volume'));
      }),
    resize: (volume, bytes, options, call) => runner.done('volumes.resize', [volume, bytes, options], call),
    delete: (volume, call) => runner.done('volumes.delete', [volume], call),
    wipe: (volume, call) => runner.done('volumes.wipe', [volume], call),
    upload: (volume, range, call) => uploadVolume(runner, volume, range, call),
    download: (volume, range, call) => downloadVolume(runner, volume, range, call),
  };
}

/**
 * vol-list shows paths. Where the first volume's key is its path, so it is for all of the pool: their keys come from
 * one backend.
 */
async function listVolumes(attempt: Attempt, pool: PoolRef): Promise<readonly VolumeRef[]> {
  const volumes = parseVolumeList(first(await attempt.run('volumes.list', [pool])));
  const keyOf = async (name: string): Promise<string> =>
    line(await attempt.execute(virsh('vol-key', option('pool', pool.uuid), option('vol', name))));
  const references: VolumeRef[] = [];
  let keysArePaths = false;
  for (const [index, { name, path }] of volumes.entries()) {
    const key: string = keysArePaths ? path : await keyOf(name);
    if (index === 0) keysArePaths = key === path;
    references.push({ pool: pool.name, name, key });
  }
  return references;
}

/** virsh takes a key or a path for the volume's name, too: such a find is none. */
async function findVolume(attempt: Attempt, call: string, pool: PoolRef, name: string): Promise<VolumeRef> {
  const [key = '', info = ''] = await attempt.run('volumes.lookupByName', [pool, name]);
  if (field(parseFields(info), 'Name') !== name)
    throw notFound(call, virError.noStorageVolume, `the volume ${name}`);
  return { pool: pool.name, name, key: line(key) };
}

/** The outputs of vol-pool, vol-name and vol-key. */
function reference([pool = '', name = '', key = '']: readonly string[]): VolumeRef {
  return { pool: line(pool), name: line(name), key: line(key) };
}

function line(output: string): string {
  return output.replace(/\n+$/, '');
}
