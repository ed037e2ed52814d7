import type { SnapshotCalls } from '../../client.ts';
import { virError } from '../../error-code.ts';
import { LibvirtError } from '../../error.ts';
import { parseMade } from '../output/host.ts';
import { field, parseFields } from '../output/fields.ts';
import { parseWords } from '../output/lists.ts';
import { first } from '../output/outputs.ts';
import type { Runner } from '../runner.ts';

export function snapshotCalls(runner: Runner): SnapshotCalls {
  return {
    list: (domain, call) =>
      runner.read('snapshots.list', [domain], call, (out) =>
        parseWords(first(out)).map((name) => ({ name, domain })),
      ),
    lookupByName: (domain, name, call) =>
      runner.read('snapshots.lookupByName', [domain, name], call, (out) => ({
        name: field(parseFields(first(out)), 'Name'),
        domain,
      })),
    current: (domain, call) =>
      runner.perform('snapshots.current', call, async (attempt) => {
        try {
          const name = first(await attempt.run('snapshots.current', [domain])).trim();
          return { name, domain };
        } catch (error) {
          // virsh takes no current snapshot for an error of its own; one of libvirt's has another code.
          if (error instanceof LibvirtError && error.code === virError.internalError && error.domain === 0) {
            return null;
          }
          throw error;
        }
      }),
    xml: (snapshot, call) => runner.read('snapshots.xml', [snapshot], call, first),
    create: (domain, xml, options, call) =>
      runner.read('snapshots.create', [domain, xml, options], call, (out) => ({
        // "Domain snapshot NAME created from 'FILE'"
        name: parseMade(first(out), /^Domain snapshot (.+) created(?: from '[^']*')?$/),
        domain,
      })),
    revert: (snapshot, options, call) => runner.done('snapshots.revert', [snapshot, options], call),
    delete: (snapshot, options, call) => runner.done('snapshots.delete', [snapshot, options], call),
  };
}
