import type { Database } from '../../store/database.ts';
import { noLimits, type Quota } from './quota.ts';

/** What is set for a project, or for all that have nothing of their own: what is absent is as for all, or without a limit. */
export interface ProjectLimits {
  readonly quota: Partial<Quota>;
  /** Host devices that it may have: addresses and classes (`10de:2489`); null: as for all, or whatever the host gives. */
  readonly devices: readonly string[] | null;
}

/** Those that have no limits of their own: projects, or users. */
export const everyone = 'default';

export interface QuotaStore {
  /** As it was set. @param project its id, or `default` */
  set(project: string): ProjectLimits;
  change(project: string, limits: ProjectLimits): void;
  /** What holds for a project. */
  quota(project: string): Quota;
  devices(project: string): readonly string[] | null;
  /** As it was set. @param user id, or `default` */
  setOfUser(user: string): Partial<Quota>;
  changeOfUser(user: string, quota: Partial<Quota>): void;
  /** What holds for a user, of all that they make. */
  quotaOfUser(user: string): Quota;
}

const unset: ProjectLimits = { quota: {}, devices: null };

/** The tables `project_limit`, all of which is in memory, since every request for a VM asks, and `user_limit`. */
export function createQuotaStore(database: Database): QuotaStore {
  const upsert = database.prepare(
    `INSERT INTO project_limit (project, quota, devices) VALUES (?, ?, ?)
     ON CONFLICT (project) DO UPDATE SET quota = excluded.quota, devices = excluded.devices`,
  );
  const known = new Map<string, ProjectLimits>(
    database
      .prepare<{ project: string; quota: string; devices: string | null }>('SELECT * FROM project_limit')
      .all()
      .map(({ project, quota, devices }) => [
        project,
        {
          quota: JSON.parse(quota) as Partial<Quota>,
          devices: devices === null ? null : (JSON.parse(devices) as readonly string[]),
        },
      ]),
  );
  const upsertOfUser = database.prepare(
    `INSERT INTO user_limit (user, quota) VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET quota = excluded.quota`,
  );
  const ofUser = database.prepare<{ quota: string }>('SELECT quota FROM user_limit WHERE user = ?');
  // Read each time: with the user, who is forgotten elsewhere, goes their limit.
  const setOfUser = (user: string): Partial<Quota> => {
    const row = ofUser.get([user]);
    return row === undefined ? {} : (JSON.parse(row.quota) as Partial<Quota>);
  };
  const set = (project: string): ProjectLimits => known.get(project) ?? unset;
  return {
    set,
    change(project, limits) {
      const { quota, devices } = limits;
      upsert.run([project, JSON.stringify(quota), devices === null ? null : JSON.stringify(devices)]);
      known.set(project, limits);
    },
    quota(project) {
      return effective(set(project).quota, set(everyone).quota);
    },
    devices: (project) => set(project).devices ?? set(everyone).devices,
    setOfUser,
    changeOfUser: (user, quota) => void upsertOfUser.run([user, JSON.stringify(quota)]),
    quotaOfUser: (user) => effective(setOfUser(user), setOfUser(everyone)),
  };
}

function effective(own: Partial<Quota>, common: Partial<Quota>): Quota {
  return { ...noLimits, ...common, ...own, devices: { ...common.devices, ...own.devices } };
}
