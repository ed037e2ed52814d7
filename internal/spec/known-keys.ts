import { fields } from './fields.ts';
import { guestKeys } from './guest-setup.ts';
import { isObject, own } from './reading.ts';
import type { Source } from './read-spec.ts';
import type { FieldError } from './spec.ts';

/** Keys that are understood beside the table of fields. */
export const knownKeys = {
  /** Read in ways of their own. */
  read: [
    'vm_name',
    'name',
    'description',
    'volumes',
    'networks',
    'has_network',
    'netdevs',
    'storage',
    'info',
    ...guestKeys,
  ],
  /** Of clouds and accounts: kept, without effect. */
  extra: [
    'region',
    'deployment_region',
    'provider',
    'instance_flavour',
    'instance_flavour_catalog',
    'block_storage_gb',
    'template_id',
    'serverurl',
    'target_type',
    'billing_uuid',
    'ip_address',
  ],
  /** Said by the server, or never acted on; `xml` of a client is never defined, `py/object` never made. */
  ignored: [
    'py/object',
    'xml',
    'creation_date',
    'network_config',
    'private_network_config',
    'states',
    'viewer',
    'mesos',
    'client_uid',
    'client_uuid',
    'req',
    'uniqueID',
    'registered',
    'req_json',
    'ipv4',
  ],
} as const;

const sectionKeys: Readonly<Record<string, readonly string[]>> = {
  info: ['name', 'description', 'vm_name', 'autostart'],
  cpu: ['py/object'],
  ram: [],
  mem: ['py/object'],
  misc: ['py/object'],
  os: [],
  protium: [],
};

/** Fields that nobody reads: a notice each, as a wrong name would else go unseen; an error under our own key. */
export function unknownFields(sources: readonly Source[]): {
  readonly notices: readonly string[];
  readonly errors: readonly FieldError[];
} {
  const paths = Object.values(fields).flatMap(({ path, aliases }) => [
    path,
    ...aliases.map((alias) => alias.path),
  ]);
  const top = new Set<string>([
    ...paths.map((path) => path.split('.')[0] ?? path),
    ...knownKeys.read,
    ...knownKeys.extra,
    ...knownKeys.ignored,
  ]);
  const notices: string[] = [];
  const errors: FieldError[] = [];
  for (const { prefix, value } of sources) {
    for (const key of Object.keys(value))
      if (!top.has(key)) notices.push(`The field ${shown(prefix + key)} is not known, and ignored.`);
    for (const [section, more] of Object.entries(sectionKeys)) {
      const inner = own(value, section);
      if (!isObject(inner)) continue;
      const known = new Set([
        ...paths
          .filter((path) => path.startsWith(`${section}.`))
          .map((path) => path.slice(section.length + 1)),
        ...more,
      ]);
      for (const key of Object.keys(inner)) {
        if (known.has(key)) continue;
        const path = shown(`${prefix}${section}.${key}`);
        if (section === 'protium')
          errors.push({ path, message: `${path} is not known.`, allowed: [...known].join(', ') });
        else notices.push(`The field ${path} is not known, and ignored.`);
      }
    }
  }
  return { notices, errors };
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 100)).slice(1, -1);
}
