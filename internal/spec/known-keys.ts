import { extraKeys } from './extra.ts';
import { allFields } from './fields.ts';
import { isObject, own } from './reading.ts';
import type { Source } from './sources.ts';
import type { FieldError } from './spec.ts';
import { keyShown, unknownKeys } from './unknown-keys.ts';

/** Said by the server, or never acted on; `xml` of a client is never defined, `py/object` never made. */
export const ignoredKeys = [
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
] as const;

/** Sections that may be marked with the class that wrote them. */
const sectionIgnored = ['py/object'];

const paths = allFields.flatMap((field) => field.places.map((place) => place.path.split('.')));

const topKeys: ReadonlySet<string> = new Set([
  ...paths.map(([top]) => top ?? ''),
  ...extraKeys,
  ...ignoredKeys,
]);

/** `cpu`, `ram`, `misc` ...: objects whose fields are looked at; each with the names of its fields. */
const sections: ReadonlyMap<string, ReadonlySet<string>> = sectionsOf();

function sectionsOf(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [section, key] of paths) {
    if (section === undefined || key === undefined) continue;
    const keys = found.get(section) ?? new Set(section === 'protium' ? [] : sectionIgnored);
    found.set(section, keys.add(key));
  }
  return found;
}

/** Protium's own section: a wrong word there is an error, as nobody else could have meant it. */
const strictSection = 'protium';
const mostErrors = 20;

/** Fields that nobody reads: a notice each, as a wrong name would else go unseen; and sections that are no objects. */
export function unknownFields(sources: readonly Source[]): {
  readonly notices: readonly string[];
  readonly errors: readonly FieldError[];
} {
  const notices: string[] = [];
  const errors: FieldError[] = [];
  for (const { prefix, value } of sources) {
    const note = (path: string, object: typeof value, known: ReadonlySet<string>): void => {
      for (const { at, message } of unknownKeys(object, known)) {
        const name = `${path}${at}`.replace(/^\.|\.$/g, '');
        notices.push(name === '' ? `The config ${message}.` : `The field ${name} ${message}.`);
      }
    };
    note(prefix.replace(/\.$/, ''), value, topKeys);
    for (const [section, keys] of sections) {
      const inner = own(value, section) ?? null;
      const path = `${prefix}${section}`;
      if (inner === null) continue;
      if (!isObject(inner))
        errors.push({ path, message: `${section} must be an object.`, allowed: 'an object' });
      else if (section === strictSection) errors.push(...wrongKeys(path, inner, keys));
      else note(path, inner, keys);
    }
  }
  return { notices, errors };
}

function wrongKeys(path: string, value: Source['value'], keys: ReadonlySet<string>): readonly FieldError[] {
  const allowed = [...keys].join(', ');
  return Object.keys(value)
    .filter((key) => !keys.has(key))
    .slice(0, mostErrors)
    .map((key) => ({
      path: `${path}.${keyShown(key)}`,
      message: `${path}.${keyShown(key)} is not known.`,
      allowed,
    }));
}
