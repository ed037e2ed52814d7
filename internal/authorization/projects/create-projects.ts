import { randomBytes } from 'node:crypto';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { KeyedLock } from '../../operations/keyed-lock.ts';
import { normaliseId, undashed } from '../../spec/ids.ts';
import type { Project, Projects } from './project.ts';
import type { ProjectStore } from './project-store.ts';

const namePattern = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const longestDescription = 4096;

/** What is in a project, in words such as `2 instances`; nothing: it is empty. */
export type ContentsOf = (project: string) => readonly string[];

export function createProjects(parts: {
  readonly store: ProjectStore;
  readonly contentsOf: ContentsOf;
  /** Resolves when it is known what there is; rejects with `libvirt-unavailable`. */
  readonly ready: () => Promise<void>;
  readonly locks: KeyedLock;
  readonly clock?: () => Date;
}): Projects {
  const { store, contentsOf, ready, locks, clock = () => new Date() } = parts;

  const find = (named: string): Project | undefined => {
    const id = normaliseId(named);
    const byId = id === null ? undefined : store.byId(undashed(id));
    return byId ?? store.byName(named);
  };
  const existing = (named: string): Project => {
    const found = find(named);
    if (found !== undefined) return found;
    throw new ProtiumError('not-found', `There is no project "${named}".`);
  };
  const shared = (named: string): Project => {
    const found = existing(named);
    if (!found.personal) return found;
    throw new ProtiumError(
      'state-conflict',
      `"${found.name}" is a user's own project, which stays as it is. Make one that is shared: protium project create.`,
    );
  };
  const requireDescription = (description: string): void => {
    if (description.length <= longestDescription) return;
    throw invalidArgument('description', `A description has at most ${longestDescription} characters.`);
  };
  const requireEmpty = ({ id, name }: Project): void => {
    const contents = contentsOf(id);
    if (contents.length === 0) return;
    throw new ProtiumError(
      'resource-in-use',
      `The project "${name}" has ${contents.join(', ')}. Delete or move them first.`,
      { details: { contents: [...contents] } },
    );
  };
  return {
    list: () => [...store.shared(), ...store.personal()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    find,
    create({ name, description, idempotencyKey, validateOnly }) {
      if (!namePattern.test(name) || normaliseId(name) !== null || name === 'default') {
        throw invalidArgument(
          'name',
          'A name has at most 63 lower-case letters, digits, dots and dashes, begins with a letter or digit, ' +
            'and is neither an id nor "default".',
        );
      }
      requireDescription(description);
      if (idempotencyKey.length > 255) {
        throw invalidArgument('idempotency_key', 'A key has at most 255 characters.');
      }
      const before = idempotencyKey === '' ? undefined : store.byIdempotency(idempotencyKey);
      if (before?.name === name) return before;
      if (before !== undefined) {
        throw new ProtiumError(
          'definition-conflict',
          'The idempotency key was used before, for another project. Use a new key for a new request.',
          { details: { project: before.name } },
        );
      }
      if (store.byName(name) !== undefined) {
        throw new ProtiumError('already-exists', `There is a project or a user "${name}" already.`);
      }
      const made = {
        id: randomBytes(16).toString('hex'),
        name,
        description,
        createdAt: clock().toISOString(),
      };
      if (!validateOnly) store.insert(made, idempotencyKey === '' ? null : idempotencyKey);
      return { ...made, personal: false, members: [] };
    },
    describe(named, description, { validateOnly }) {
      const { id } = shared(named);
      requireDescription(description);
      if (!validateOnly) store.describe(id, description);
      return { ...existing(id), description };
    },
    // Under the lock under which instances are begun: what is being made counts.
    async remove(named, { validateOnly }) {
      shared(named);
      await ready();
      await locks.run(['allocation'], () => {
        const project = shared(named);
        requireEmpty(project);
        if (!validateOnly) store.remove(project.id);
      });
    },
    setMember(named, user, role, { validateOnly }) {
      const { id, members } = shared(named);
      if (!store.hasUser(user)) throw new ProtiumError('not-found', `There is no user "${user}".`);
      if (!validateOnly) store.setMember(id, { user, role });
      const others = members.filter((member) => member.user !== user);
      return {
        ...existing(id),
        members: [...others, { user, role }].sort((a, b) => (a.user < b.user ? -1 : 1)),
      };
    },
    removeMember(named, user, { validateOnly }) {
      const { id, name, members } = shared(named);
      if (!members.some((member) => member.user === user)) {
        throw new ProtiumError('not-found', `"${user}" is no member of the project "${name}".`);
      }
      if (!validateOnly) store.removeMember(id, user);
      return { ...existing(id), members: members.filter((member) => member.user !== user) };
    },
  };
}
