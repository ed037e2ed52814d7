import type { NwfilterCalls } from '../../client.ts';
import { virError } from '../../error-code.ts';
import type { NwfilterRef } from '../../objects.ts';
import type { CallName } from '../call-names.ts';
import { found } from '../not-found.ts';
import { parseMade } from '../output/host.ts';
import { parseNwfilterList } from '../output/lists.ts';
import { first, second } from '../output/outputs.ts';
import type { Runner } from '../runner.ts';

export function nwfilterCalls(runner: Runner): NwfilterCalls {
  return {
    list: (call) => runner.read('nwfilters.list', [], call, (out) => parseNwfilterList(first(out))),
    lookupByName: (name, call) =>
      runner.read('nwfilters.lookupByName', [name], call, (out) =>
        named(first(out), 'nwfilters.lookupByName', name),
      ),
    xml: (filter, call) => runner.read('nwfilters.xml', [filter], call, first),
    define: (xml, call) =>
      runner.read('nwfilters.define', [xml], call, (out) =>
        // "Network filter NAME defined from FILE"
        named(second(out), 'nwfilters.define', parseMade(first(out), /^Network filter (.*) defined from /)),
      ),
    undefine: (filter, call) => runner.done('nwfilters.undefine', [filter], call),
  };
}

function named(list: string, call: CallName, name: string): NwfilterRef {
  return found(
    parseNwfilterList(list).find((filter) => filter.name === name),
    call,
    virError.noNwfilter,
    `the network filter ${JSON.stringify(name)}`,
  );
}
