import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hostOfWorker, libvirtSocketOfWorker } from '../host/hosts-of-run.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { DomainRef } from '../../internal/libvirt/objects.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { optionalMedia } from '../../internal/xml/domain/optional-media.ts';
import { readDomain } from '../../internal/xml/domain/read.ts';
import { useSoftwareEmulation } from '../../internal/xml/domain/software-emulation.ts';
import { parseXml } from '../../internal/xml/parse.ts';
import type { DocumentKind } from '../../internal/xml/path-places.ts';
import { resolveDocumentPaths } from '../../internal/xml/paths.ts';
import { serializeXml } from '../../internal/xml/serialize.ts';
import type { XmlElement } from '../../internal/xml/tree.ts';
import { privateHost } from '../host/private-host.ts';

/** The templates in a fresh directory, on a host without KVM, as a new user has them. */

const identity = { name: 'xml-templates', uuid: '6d1c2f52-6b0f-4cf4-9f66-0f8f9f6f1c77' };
let client: LibvirtClient;
let directory: string;
let domain: DomainRef;

beforeAll(async () => {
  client = createRpcClient({ uri: `qemu:///system?socket=${await libvirtSocketOfWorker()}` });
  directory = await mkdtemp('/var/tmp/xml-templates-');
  await chmod(directory, 0o755);
  const network = await client.networks.lookupByName('default');
  if (!(await client.networks.isActive(network))) await client.networks.create(network);
  const pool = await client.pools.createXml(
    serializeXml(await template('pool', 'pool')).replace('virtimages', identity.name),
    { build: true },
  );
  await client.volumes.create(pool, serializeXml(await template('vol', 'volume')));
  domain = await client.domains.define(serializeXml(await domainTemplate()), { validate: true });
});

afterAll(async () => {
  if ((await client.domains.state(domain)).state !== 'shutoff') await client.domains.destroy(domain);
  await client.domains.undefine(domain);
  await client.pools.destroy(await client.pools.lookupByName(identity.name));
  await client.close();
  await rm(directory, { recursive: true });
});

async function template(name: string, kind: DocumentKind): Promise<XmlElement> {
  const text = await readFile(new URL(`../../xml/${name}.xml`, import.meta.url), 'utf8');
  return resolveDocumentPaths(parseXml(text), kind, directory);
}

/** Under a name of its own: other tests of the run use the template's. */
async function domainTemplate(): Promise<XmlElement> {
  const document = useSoftwareEmulation(await template('dom', 'domain')).document;
  const { name, uuid } = readDomain(document);
  return parseXml(
    serializeXml(document)
      .replaceAll(name, identity.name)
      .replace(uuid ?? '', identity.uuid)
      .replace('52:54:00:03:7b:5f', '52:54:00:03:7b:60'),
  );
}

/** The file in the CD drive of the running domain. */
async function mediumOf(running: DomainRef): Promise<unknown> {
  const { disks } = readDomain(await client.domains.xml(running));
  return disks.find(({ device }) => device === 'cdrom')?.source;
}

describe('the VM of the templates', () => {
  it('starts although the installation medium is not there', async () => {
    await client.domains.create(domain);
    expect((await client.domains.state(domain)).state).toBe('running');
    expect(await mediumOf(domain)).toBe(null);
    const inactive = parseXml(await client.domains.xml(domain, { inactive: true }));
    expect(optionalMedia(inactive).length).toBe(1);
  });

  it('keeps what its serial console says', async () => {
    const host = await privateHost(await hostOfWorker());
    const log = await stat(join(host.directory, 'log/qemu', `${identity.name}-console.log`));
    expect(log.isFile()).toBe(true);
  });

  it('listens on this host only', async () => {
    const [screen] = readDomain(await client.domains.xml(domain)).graphics;
    expect(screen?.port).toBeGreaterThanOrEqual(5900);
    expect(screen?.listens.map(({ address }) => address)).toEqual(['127.0.0.1']);
    await client.domains.destroy(domain);
  });

  it('reads the installation medium at the next start, once it is there', async () => {
    const file = join(directory, 'iso/alpine-standard-3.17.2-x86_64.iso');
    await mkdir(join(directory, 'iso'));
    await writeFile(file, Buffer.alloc(1024 * 1024));
    await client.domains.create(domain);
    expect(await mediumOf(domain)).toEqual({ type: 'file', path: file });
    await vi.waitFor(
      async () => {
        const [stats] = await client.domains.stats({ domains: [domain], groups: ['block'] });
        const index = Object.entries(stats?.stats ?? {})
          .find(([, value]) => value === 'sda')?.[0]
          .split('.')[1];
        // The disk is empty, so the firmware goes on to the drive.
        expect(Number(stats?.stats[`block.${index ?? ''}.rd.reqs`])).toBeGreaterThan(0);
      },
      { timeout: 40_000, interval: 200 },
    );
  });
});
