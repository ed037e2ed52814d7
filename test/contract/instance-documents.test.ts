import { afterAll, beforeAll, expect, it } from 'vitest';
import { libvirtSocketOfWorker } from '../host/hosts-of-run.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { describesSameDomain } from '../../internal/xml/domain/compare.ts';
import { useSoftwareEmulation } from '../../internal/xml/domain/software-emulation.ts';
import { parseXml } from '../../internal/xml/parse.ts';
import { serializeXml } from '../../internal/xml/serialize.ts';
import { cases, documentOf, exampleConfigs, full } from '../unit/instances/document-cases.ts';

let client: LibvirtClient;

beforeAll(async () => {
  client = createRpcClient({ uri: `qemu:///system?socket=${await libvirtSocketOfWorker()}` });
});

afterAll(() => client.close());

const documents = [
  ...cases.map(([name, host, config]) => [name, documentOf(host, config, `document ${name}`)] as const),
  ...exampleConfigs.map(
    ({ name, body }) => [name, documentOf(full, body as object, `document ${name}`)] as const,
  ),
];

it.each(documents)('the document of %s is accepted, and is what libvirt makes of it', async (_name, made) => {
  const { document } = useSoftwareEmulation(made);
  const domain = await client.domains.define(serializeXml(document), { validate: true });
  try {
    const actual = parseXml(await client.domains.xml(domain, { inactive: true }));
    expect(describesSameDomain(document, actual)).toEqual({ same: true, differences: [] });
  } finally {
    await client.domains.undefine(domain, { nvram: 'remove' });
  }
});
