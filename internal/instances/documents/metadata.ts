import { z } from 'zod';
import type { Plan } from '../../placement/plan.ts';
import { withoutSecrets } from '../../spec/specfile.ts';
import type { Spec } from '../../spec/spec.ts';
import { protiumNamespace } from '../../xml/domain/metadata.ts';
import {
  attribute,
  children,
  childText,
  element,
  optionalElement,
  textOf,
  type XmlElement,
} from '../../xml/tree.ts';

/** What Protium must know of an instance again, when all else is lost. */
export interface InstanceRecord {
  /** 32 lower-case hexadecimal digits. */
  readonly owner: string;
  /** Id of the user who made it; absent: nobody whom Protium keeps. */
  readonly creator?: string;
  /** As the client gave it. */
  readonly name: string;
  /** ISO time. */
  readonly createdAt: string;
  /** Of what was asked for: the same request again means this instance. */
  readonly requestDigest: string;
  readonly spec: Spec;
  readonly plan: Plan;
  /** Volumes that were made for it. */
  readonly createdVolumes: readonly { readonly pool: string; readonly name: string; readonly id: string }[];
  /** Where the medium is from which the guest sets itself up; null: there is none. */
  readonly seedPool: string | null;
  /** Public keys by which the guest's sshd is to be known; none: whatever its image has. */
  readonly sshHostKeys: readonly string[];
}

const version = '1';
const elementName = 'protium:instance';

/**
 * The element for the domain's `<metadata>`: secrets left out.
 *
 * @param form `bare`: without its namespace, for virDomainSetMetadata, which adds it
 */
export function instanceMetadata(record: InstanceRecord, form: 'whole' | 'bare' = 'whole'): XmlElement {
  const { spec, plan, createdVolumes } = record;
  const prefix = form === 'whole' ? 'protium:' : '';
  return element(
    `${prefix}instance`,
    {
      ...(form === 'whole' ? { 'xmlns:protium': protiumNamespace } : {}),
      version,
      owner: record.owner,
      ...(record.creator === undefined ? {} : { creator: record.creator }),
      created: record.createdAt,
      request: record.requestDigest,
    },
    [
      element(`${prefix}name`, {}, record.name),
      element(`${prefix}spec`, {}, JSON.stringify(withoutSecrets(spec))),
      element(`${prefix}plan`, {}, JSON.stringify(plan)),
      element(`${prefix}volumes`, {}, JSON.stringify(createdVolumes)),
      optionalElement(`${prefix}seed-pool`, record.seedPool ?? undefined),
      record.sshHostKeys.map((key) => element(`${prefix}ssh-host-key`, {}, key)),
    ],
  );
}

/** Enough to be safe to use: whoever edits metadata by hand must not bring the daemon down. */
const planSchema = z.looseObject({
  cpu: z.looseObject({
    cores: z.array(z.number().int()),
    overprovision: z.number().int(),
    slots: z.number().int(),
    vcpus: z.number().int(),
  }),
  memory: z.looseObject({
    mib: z.number(),
    overheadMib: z.number(),
    hugepages: z.looseObject({ sizeKib: z.number(), count: z.number() }).nullable(),
    nodes: z.array(z.number().int()),
    cells: z.array(z.looseObject({ node: z.number().int(), mib: z.number() })),
  }),
  pci: z.array(z.looseObject({ address: z.string(), driver: z.string().nullable() })),
  volumes: z.array(z.looseObject({})),
  networks: z.array(z.looseObject({ network: z.string() })),
  warnings: z.array(z.string()),
});
const specSchema = z.looseObject({
  cpu: z.looseObject({
    slots: z.number(),
    overprovision: z.number(),
    archs: z.array(z.string()),
    flags: z.array(z.string()),
  }),
  memory: z.looseObject({ mib: z.number() }),
  os: z.looseObject({ family: z.string() }),
  pci: z.array(z.looseObject({ vendor: z.string(), model: z.string(), quantity: z.number() })),
  volumes: z.array(z.looseObject({})),
  extra: z.record(z.string(), z.unknown()),
});
const volumesSchema = z.array(z.object({ pool: z.string(), name: z.string(), id: z.string() }));
const ownerSchema = z.string().regex(/^[0-9a-f]{32}$/);

/** Reads the element again; null: it is another one, of another version, or was edited until it means nothing. */
export function readInstanceMetadata(metadata: XmlElement): InstanceRecord | null {
  if (metadata.name !== elementName || attribute(metadata, 'version') !== version) return null;
  const owner = ownerSchema.safeParse(attribute(metadata, 'owner'));
  const spec = specSchema.safeParse(jsonIn(metadata, 'protium:spec'));
  const plan = planSchema.safeParse(jsonIn(metadata, 'protium:plan'));
  const volumes = volumesSchema.safeParse(jsonIn(metadata, 'protium:volumes'));
  const name = childText(metadata, 'protium:name');
  const creator = ownerSchema.safeParse(attribute(metadata, 'creator'));
  if (!owner.success || !spec.success || !plan.success || !volumes.success || name === null) return null;
  return {
    owner: owner.data,
    ...(creator.success ? { creator: creator.data } : {}),
    name,
    createdAt: attribute(metadata, 'created') ?? '',
    requestDigest: attribute(metadata, 'request') ?? '',
    // Checked where it is used for more than showing it.
    spec: spec.data as unknown as Spec,
    plan: plan.data as unknown as Plan,
    createdVolumes: volumes.data,
    seedPool: childText(metadata, 'protium:seed-pool'),
    sshHostKeys: children(metadata, 'protium:ssh-host-key').map(textOf),
  };
}

function jsonIn(holder: XmlElement, name: string): unknown {
  try {
    return JSON.parse(childText(holder, name) ?? '');
  } catch {
    return null;
  }
}
