import { readPool } from '../../../internal/xml/pool.ts';
import { canonicalForm } from '../../../internal/xml/canonical.ts';
import { readCapabilities } from '../../../internal/xml/capabilities.ts';
import { readDomainCapabilities } from '../../../internal/xml/domain-capabilities.ts';
import { readDomain } from '../../../internal/xml/domain/read.ts';
import { readFilter } from '../../../internal/firewall/read-filter.ts';
import { readInstanceMetadata } from '../../../internal/instances/documents/metadata.ts';
import {
  readDomainDocument,
  readNetworkDocument,
  readNodeDeviceDocument,
  readPoolDocument,
  readVolumeDocument,
} from '../../../internal/libvirt/live-view/documents.ts';
import { readNetwork } from '../../../internal/xml/network.ts';
import { readNodeDevice } from '../../../internal/xml/node-device.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { resolveDocumentPaths } from '../../../internal/xml/paths.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { readSnapshot } from '../../../internal/xml/snapshot.ts';
import { child } from '../../../internal/xml/tree.ts';
import { readVolume } from '../../../internal/xml/volume.ts';
import { corpusTexts } from '../corpus.ts';
import { mutatedText } from '../generators/mutation.ts';
import { mayRefuse } from '../refusal.ts';
import { target, type FuzzTarget } from '../target.ts';
import { capabilities, domainCapabilities, nodeDevices } from './libvirt-documents.ts';

const golden = [...corpusTexts('test/golden/xml', '.xml'), ...corpusTexts('test/golden/documents', '.xml')];
const filters = corpusTexts('test/golden/firewall', '.xml');
const ofKind = (kind: string): readonly string[] => golden.filter((text) => text.includes(`</${kind}>`));
const domains = ofKind('domain');

const reader = (name: string, corpus: readonly string[], read: (text: string) => unknown): FuzzTarget =>
  target(`XML: ${name}`, mutatedText(corpus), (text) => mayRefuse(() => read(text)));

/** What was read means the same when it is written and read again. */
async function roundTrip(text: string): Promise<void> {
  const document = await mayRefuse(() => parseXml(text));
  if (document === undefined) return;
  const again = parseXml(serializeXml(document));
  if (canonicalForm(again) !== canonicalForm(document))
    throw new Error('It means something else when written.');
}

export const documentTargets: readonly FuzzTarget[] = [
  target('XML: tree, written and read again', mutatedText([...golden, ...filters]), roundTrip),
  reader('domain', domains, readDomain),
  reader('domain of the live view', domains, readDomainDocument),
  reader('paths of a domain', domains, (text) => resolveDocumentPaths(parseXml(text), 'domain', '/srv')),
  reader('metadata of an instance', ofKind('domain'), (text) => {
    const metadata = child(parseXml(text), 'metadata');
    return metadata === null ? null : readInstanceMetadata(metadata);
  }),
  reader('pool', ofKind('pool'), (text) => [readPool(text), readPoolDocument(text)]),
  reader('volume', ofKind('volume'), (text) => [readVolume(text), readVolumeDocument(text)]),
  reader('network', ofKind('network'), (text) => [readNetwork(text), readNetworkDocument(text)]),
  reader('snapshot', ofKind('domainsnapshot'), readSnapshot),
  reader('filter', filters, readFilter),
  reader('node device', nodeDevices, (text) => [readNodeDevice(text), readNodeDeviceDocument(text)]),
  reader('capabilities', [capabilities], readCapabilities),
  reader('capabilities of domains', [domainCapabilities], readDomainCapabilities),
];
