import type { NodeDeviceCalls } from '../../client.ts';
import { elementText } from '../output/document.ts';
import { parseMade } from '../output/host.ts';
import { parseWords } from '../output/lists.ts';
import { first } from '../output/outputs.ts';
import type { Runner } from '../runner.ts';

export function nodeDeviceCalls(runner: Runner): NodeDeviceCalls {
  return {
    list: (filter, call) =>
      runner.read('nodeDevices.list', [filter], call, (out) =>
        parseWords(first(out)).map((name) => ({ name })),
      ),
    lookupByName: (name, call) =>
      runner.read('nodeDevices.lookupByName', [name], call, (out) => ({
        name: elementText(first(out), ['device', 'name']) ?? name,
      })),
    xml: (device, call) => runner.read('nodeDevices.xml', [device], call, first),
    detach: (device, options, call) => runner.done('nodeDevices.detach', [device, options], call),
    reattach: (device, call) => runner.done('nodeDevices.reattach', [device], call),
    reset: (device, call) => runner.done('nodeDevices.reset', [device], call),
    createXml: (xml, call) =>
      runner.read('nodeDevices.createXml', [xml], call, (out) => ({
        // "Node device NAME created from FILE"
        name: parseMade(first(out), /^Node device (\S+) created from /),
      })),
    destroy: (device, call) => runner.done('nodeDevices.destroy', [device], call),
  };
}
