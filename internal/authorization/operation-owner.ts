import type { OperationRecord } from '../operations/model.ts';

/** Whose the objects are that operations take, by what their resources call them. undefined: nobody's, or gone. */
export interface ResourceOwners {
  readonly instance: (uuidOrName: string) => string | undefined;
  readonly image: (name: string) => string | undefined;
  readonly volume: (pool: string, name: string) => string | undefined;
}

/** Whose an operation is: its own owner, else the one owner of all that it takes; null: nobody's. */
export function ownerOfOperation(
  { owner, resources }: Pick<OperationRecord, 'owner' | 'resources'>,
  owners: ResourceOwners,
): string | null {
  if (owner !== null) return owner;
  const found = new Set(resources.map((resource) => ownerOfResource(resource, owners)));
  const [only] = found;
  return found.size === 1 ? (only ?? null) : null;
}

function ownerOfResource(resource: string, owners: ResourceOwners): string | undefined {
  const [kind, first = '', ...rest] = resource.split('/');
  switch (kind) {
    case 'instance':
    case 'domain':
      return owners.instance(first);
    case 'image':
      return owners.image(first);
    case 'volume':
      return owners.volume(first, rest.join('/'));
    default:
      return undefined;
  }
}
