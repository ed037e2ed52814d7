import type { Role } from '../../identity/caller.ts';
import type { Database } from '../../store/database.ts';
import type { Member, Project } from './project.ts';

/** Where projects are kept, beside the users whose own ones exist by themselves. Every change is durable on return. */
export interface ProjectStore {
  /** By name; without users' own. */
  shared(): readonly Project[];
  /** Of a user; by name. */
  personal(): readonly Project[];
  byId(id: string): Project | undefined;
  byName(name: string): Project | undefined;
  byIdempotency(key: string): Project | undefined;
  insert(project: Pick<Project, 'id' | 'name' | 'description' | 'createdAt'>, key: string | null): void;
  describe(id: string, description: string): void;
  /** Its members and limits too. */
  remove(id: string): void;
  hasUser(name: string): boolean;
  setMember(id: string, member: Member): void;
  /** False: was none. */
  removeMember(id: string, user: string): boolean;
  rolesOf(user: string): readonly { readonly project: string; readonly role: Role }[];
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: string;
}

const columns = 'id, name, description, created_at AS createdAt';
const userColumns = "owner AS id, name, '' AS description, created_at AS createdAt";

/** The tables `project` and `project_member`. */
export function createProjectStore(database: Database): ProjectStore {
  const shared = database.prepare<Row>(`SELECT ${columns} FROM project ORDER BY name`);
  const personal = database.prepare<Row>(`SELECT ${userColumns} FROM user ORDER BY name`);
  const one = database.prepare<Row>(`SELECT ${columns} FROM project WHERE id = ?`);
  const named = database.prepare<Row>(`SELECT ${columns} FROM project WHERE name = ?`);
  const keyed = database.prepare<Row>(`SELECT ${columns} FROM project WHERE idempotency_key = ?`);
  const ownerRow = database.prepare<Row>(`SELECT ${userColumns} FROM user WHERE owner = ?`);
  const userRow = database.prepare<Row>(`SELECT ${userColumns} FROM user WHERE name = ?`);
  const members = database.prepare<Member>(
    'SELECT user, role FROM project_member WHERE project = ? ORDER BY user',
  );
  const roles = database.prepare<{ project: string; role: Role }>(
    'SELECT project, role FROM project_member WHERE user = ?',
  );
  const insert = database.prepare(
    'INSERT INTO project (id, name, description, created_at, idempotency_key) VALUES (?, ?, ?, ?, ?)',
  );
  const describe = database.prepare('UPDATE project SET description = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM project WHERE id = ?');
  const removeMembers = database.prepare('DELETE FROM project_member WHERE project = ?');
  const removeLimits = database.prepare('DELETE FROM project_limit WHERE project = ?');
  const set = database.prepare(
    `INSERT INTO project_member (project, user, role) VALUES (?, ?, ?)
     ON CONFLICT (project, user) DO UPDATE SET role = excluded.role`,
  );
  const removeMember = database.prepare('DELETE FROM project_member WHERE project = ? AND user = ?');

  const asShared = (row: Row): Project => ({ ...row, personal: false, members: members.all([row.id]) });
  const asPersonal = (row: Row): Project => ({
    ...row,
    personal: true,
    members: [{ user: row.name, role: 'admin' }],
  });
  const either = (found: Row | undefined, user: Row | undefined): Project | undefined => {
    if (found !== undefined) return asShared(found);
    return user === undefined ? undefined : asPersonal(user);
  };
  return {
    shared: () => shared.all().map(asShared),
    personal: () => personal.all().map(asPersonal),
    byId: (id) => either(one.get([id]), ownerRow.get([id])),
    byName: (name) => either(named.get([name]), userRow.get([name])),
    byIdempotency(key) {
      const row = keyed.get([key]);
      return row === undefined ? undefined : asShared(row);
    },
    insert: ({ id, name, description, createdAt }, key) =>
      void insert.run([id, name, description, createdAt, key]),
    describe: (id, description) => void describe.run([description, id]),
    remove: (id) =>
      database.transaction(() => {
        removeMembers.run([id]);
        removeLimits.run([id]);
        remove.run([id]);
      }),
    hasUser: (name) => userRow.get([name]) !== undefined,
    setMember: (id, { user, role }) => void set.run([id, user, role]),
    removeMember: (id, user) => removeMember.run([id, user]) > 0,
    rolesOf: (user) => roles.all([user]),
  };
}
