import { createHash } from 'node:crypto';
import { ProtiumError } from '../../errors/protium-error.ts';
import { canonicalForm } from '../../xml/canonical.ts';
import { setProtiumMetadata } from '../../xml/domain/metadata.ts';
import { readDomain } from '../../xml/domain/read.ts';
import { useSoftwareEmulation } from '../../xml/domain/software-emulation.ts';
import { parseXml } from '../../xml/parse.ts';
import { readPool } from '../../xml/pool.ts';
import { resolveDocumentPaths } from '../../xml/paths.ts';
import { serializeXml } from '../../xml/serialize.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { readVolume } from '../../xml/volume.ts';
import { originElement } from './origin.ts';
import type { PreparedDocuments } from './shape.ts';

export interface DocumentTexts {
  readonly pool: string;
  readonly volume: string;
  readonly domain: string;
}

export interface Preparation {
  readonly documents: PreparedDocuments;
  /** What was changed in the documents so that they run on this host, in plain words. */
  readonly notices: readonly string[];
}

/**
 * Makes the documents of a request ready for libvirt: paths absolute, and, where the host has no usable KVM for the
 * domain's architecture, kvm replaced by software emulation (the one rule: libvirt's capabilities do not offer it).
 *
 * @param baseDirectory what relative paths in the documents are relative to
 * @param offersKvm whether libvirt offers KVM for an architecture
 * @throws ProtiumError `document-malformed`, `argument-invalid`
 */
export function prepareDocuments(
  texts: DocumentTexts,
  baseDirectory: string,
  offersKvm: (arch: string | null) => boolean,
): Preparation {
  const pool = resolveDocumentPaths(parse(texts.pool, 'pool'), 'pool', baseDirectory);
  const volume = resolveDocumentPaths(parse(texts.volume, 'volume'), 'volume', baseDirectory);
  const posted = resolveDocumentPaths(parse(texts.domain, 'domain'), 'domain', baseDirectory);

  const asked = readDomain(posted);
  const emulation = asked.type === 'kvm' && !offersKvm(asked.os.arch) ? useSoftwareEmulation(posted) : null;
  const digest = createHash('sha256').update(canonicalForm(posted)).digest('hex');
  const domain = setProtiumMetadata(emulation?.document ?? posted, originElement(digest));
  const poolFacts = readPool(pool);
  const networks = asked.interfaces.flatMap(({ network }) => (network === null ? [] : [network]));

  return {
    documents: {
      pool: {
        name: required(poolFacts.name, 'pool', 'name'),
        targetPath: poolFacts.targetPath,
        xml: serializeXml(pool),
      },
      volume: { name: volumeName(readVolume(volume).name), xml: serializeXml(volume) },
      domain: {
        name: required(asked.name, 'domain', 'name'),
        uuid: asked.uuid,
        xml: serializeXml(domain),
        networks: [...new Set(networks)],
        digest,
      },
    },
    notices: emulation?.changes ?? [],
  };
}

function parse(text: string, what: 'pool' | 'volume' | 'domain'): XmlElement {
  let document;
  try {
    document = parseXml(text);
  } catch (error) {
    if (!(error instanceof ProtiumError)) throw error;
    throw new ProtiumError(error.code, `The ${what} document: ${error.message}`, {
      cause: error,
      details: { ...error.details, document: what },
    });
  }
  if (document.name !== what) {
    throw new ProtiumError(
      'document-malformed',
      `The ${what} document is a <${document.name}>, not a <${what}>. Were the files given in the wrong order?`,
      { details: { document: what, element: document.name } },
    );
  }
  return document;
}

function required(value: string | null, document: string, element: string): string {
  if (value !== null && value !== '') return value;
  throw new ProtiumError('document-malformed', `The ${document} document has no <${element}>.`, {
    details: { document, element },
  });
}

/** A volume of a directory pool is a file of that name: it must not lead out of the directory. */
function volumeName(name: string | null): string {
  const checked = required(name, 'volume', 'name');
  if (checked.includes('/') || checked === '.' || checked === '..') {
    throw new ProtiumError(
      'argument-invalid',
      `The volume name "${checked}" is not a plain file name: it must not contain "/" nor be "." or "..".`,
      { details: { document: 'volume', name: checked } },
    );
  }
  return checked;
}
