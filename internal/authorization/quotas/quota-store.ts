import type { Database } from '../../store/database.ts';
import { noLimits, type Quota } from './quota.ts';

/** What is set for a project, or for all that have nothing of their own: what is absent is as for all, or without a limit. */
export interface ProjectLimits {
  readonly quota: Partial<Quota>;
  /** Host devices that it may have: addresses and classes (`10de:2489`); null: as for all, or whatever the host gives. */
  readonly devices: readonly string[] | null;
}

/** Those that have no limits of their own. */
export const everyProject = 'default';

export interface QuotaStore {
  /** As it was set. @param project its id, or `default` */
  set(project: string): ProjectLimits;
  change(project: string, limits: ProjectLimits): void;
  /** What holds for a project. */
  quota(project: string): Quota;
  devices(project: string): readonly string[] | null;
}

const unset: ProjectLimits = { quota: {}, devices: null };

/** The table `project_limit`; all of it is in memory, since every request for a VM asks. */
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
  const set = (project: string): ProjectLimits => known.get(project) ?? unset;
  return {
    set,
    change(project, limits) {
      const { quota, devices } = limits;
      upsert.run([project, JSON.stringify(quota), devices === null ? null : JSON.stringify(devices)]);
      known.set(project, limits);
    },
    quota(project) {
      const [own, common] = [set(project).quota, set(everyProject).quota];
      return { ...noLimits, ...common, ...own, devices: { ...common.devices, ...own.devices } };
    },
    devices: (project) => set(project).devices ?? set(everyProject).devices,
  };
}
