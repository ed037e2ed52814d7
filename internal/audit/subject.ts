import type { Subject } from './entry.ts';

/** Fields that name what a request is about, the first that is there counts; nothing else of a request is looked at. */
const kindOfField: readonly (readonly [field: string, kind: string])[] = [
  ['snapshot', 'snapshot'],
  ['instance', 'instance'],
  ['floatingAddress', 'floating-address'],
  ['network', 'network'],
  ['lease', 'lease'],
  ['provision', 'provision'],
  ['accessKey', 'access-key'],
  ['image', 'image'],
];

/** What a request of protium.v1 is about. @param service its full name @param project of what is made without naming one */
export function subjectOf(service: string, request: unknown, project: string): Subject {
  const of = ownerIn(request) ?? project;
  const own = kindOfService(service);
  for (const [field, kind] of own === 'volume' || own === 'booking' ? [] : kindOfField) {
    const id = textIn(request, field);
    if (id === null) continue;
    if (kind !== 'snapshot') return { kind, id, project: of };
    return { kind, id: `${textIn(request, 'instance') ?? ''}/${id}`, project: of };
  }
  const name = textIn(request, 'name') ?? textIn(request, 'id') ?? textIn(request, 'user');
  const pool = textIn(request, 'pool');
  if (own === 'volume') return { kind: own, id: `${pool ?? ''}/${name ?? ''}`, project: of };
  return { kind: own, id: name ?? pool ?? '', project: of };
}

/** What an answer tells of it: the id of what was made, and whose it is. */
export function subjectOfAnswer(answer: unknown, asked: Subject): Partial<Subject> {
  if (typeof answer !== 'object' || answer === null) return {};
  for (const [field, part] of Object.entries(answer)) {
    if (field === 'operation') continue;
    const id = textIn(part, 'id') ?? textIn(part, 'name');
    const project = ownerIn(part);
    if (id === null && project === null) continue;
    return {
      ...(asked.id === '' && id !== null && { id }),
      ...(project !== null && { project }),
    };
  }
  return {};
}

/** `protium.v1.FloatingAddressesService` → `floating-address`. */
function kindOfService(service: string): string {
  const [, name = ''] = /(\w+?)(?:Service)?$/.exec(service) ?? [];
  const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  return words.replace(/sses$/, 'ss').replace(/(?<!s)s$/, '');
}

/** Null: it is not there, is empty, or is no text. */
function textIn(value: unknown, field: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const text: unknown = Object.getOwnPropertyDescriptor(value, field)?.value;
  return typeof text === 'string' && text !== '' ? text : null;
}

function ownerIn(value: unknown): string | null {
  const owner = textIn(value, 'owner');
  return owner !== null && /^[0-9a-fA-F-]{32,36}$/.test(owner)
    ? owner.replaceAll('-', '').toLowerCase()
    : null;
}
