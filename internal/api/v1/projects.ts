import { sees } from '../../authorization/decide.ts';
import type { Project as Kept, Projects } from '../../authorization/projects/project.ts';
import type { Quotas } from '../../authorization/quotas/quotas.ts';
import type { Amounts } from '../../authorization/quotas/quota.ts';
import { everyone, type QuotaStore } from '../../authorization/quotas/quota-store.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Role } from '../../identity/caller.ts';
import {
  ProjectsServiceClient,
  type Project,
  type QuotaUsage,
  type ProjectsServiceServer,
} from '../grpc/generated/protium/v1/projects.ts';
import { encodeLimits, readLimits } from './encode-quota.ts';
import { listPage } from './list-page.ts';
import { v1Service, type V1Service } from './service.ts';

export interface ProjectsSource {
  readonly projects: Projects;
  readonly quotas: Pick<Quotas, 'used' | 'usedBy'>;
  readonly limits: QuotaStore;
}

const roles: readonly Role[] = ['viewer', 'operator', 'admin'];

/** protium.v1.ProjectsService. */
export function projectsService({ projects, quotas, limits }: ProjectsSource): V1Service {
  const existing = (named: string): Kept => {
    const found = projects.find(named);
    if (found !== undefined) return found;
    throw new ProtiumError('not-found', `There is no project "${named}".`);
  };
  const subjectOf = (named: string): string => (named === everyone ? everyone : existing(named).id);
  const userOf = (named: string): string => {
    if (named === everyone) return everyone;
    const found = projects.find(named);
    if (found?.personal === true && found.name === named) return found.id;
    throw new ProtiumError('not-found', `There is no user "${named}".`);
  };
  const effective = (subject: string) =>
    encodeLimits({ quota: limits.quota(subject), devices: limits.devices(subject) });
  const effectiveOfUser = (subject: string) =>
    encodeLimits({ quota: limits.quotaOfUser(subject), devices: null });
  return v1Service<ProjectsServiceServer>(ProjectsServiceClient, {
    listProjects: (request, { caller }) => {
      const seen = projects.list().filter(({ id }) => sees(caller, id));
      const page = listPage(seen, ({ name }) => name, request);
      return { projects: page.items.map(encode), nextPageToken: page.nextPageToken };
    },
    getProject: ({ project }) => ({ project: encode(existing(project)) }),
    createProject: (request) => ({ project: encode(projects.create(request)) }),
    updateProject: ({ project, description, validateOnly }) => ({
      project: encode(projects.describe(project, description, { validateOnly })),
    }),
    deleteProject: async ({ project, validateOnly }) => {
      await projects.remove(project, { validateOnly });
      return {};
    },
    setProjectMember: ({ project, user, role, validateOnly }) => ({
      project: encode(projects.setMember(project, user, roleOf(role), { validateOnly })),
    }),
    removeProjectMember: ({ project, user, validateOnly }) => ({
      project: encode(projects.removeMember(project, user, { validateOnly })),
    }),
    getQuota: ({ project }) => {
      const subject = subjectOf(project);
      return {
        quota: encodeLimits(limits.set(subject)),
        effective: effective(subject),
        used: encodeUsed(quotas.used(subject)),
      };
    },
    setQuota: ({ project, quota, validateOnly }) => {
      if (quota === undefined)
        throw invalidArgument('quota', 'What may it have? An empty quota sets nothing.');
      const subject = subjectOf(project);
      const wanted = readLimits(quota);
      if (validateOnly) return { effective: encodeLimits(wanted) };
      limits.change(subject, wanted);
      return { effective: effective(subject) };
    },
    getUserQuota: ({ user }) => {
      const subject = userOf(user);
      return {
        quota: encodeLimits({ quota: limits.setOfUser(subject), devices: null }),
        effective: effectiveOfUser(subject),
        used: encodeUsed(quotas.usedBy(subject)),
      };
    },
    setUserQuota: ({ user, quota, validateOnly }) => {
      if (quota === undefined)
        throw invalidArgument('quota', 'What may they have? An empty quota sets nothing.');
      const subject = userOf(user);
      const wanted = readLimits(quota);
      if (wanted.devices !== null) {
        throw invalidArgument('quota.allowed_devices', 'Devices are allowed to projects, not to users.');
      }
      if (validateOnly) return { effective: encodeLimits(wanted) };
      limits.changeOfUser(subject, wanted.quota);
      return { effective: effectiveOfUser(subject) };
    },
  });
}

function encodeUsed({ instances, cores, memoryMib, diskBytes, devices }: Amounts): QuotaUsage {
  return {
    instances,
    cores,
    memoryMib: BigInt(memoryMib),
    diskBytes: BigInt(diskBytes),
    devices: { ...devices },
  };
}

function roleOf(text: string): Role {
  const role = roles.find((each) => each === text);
  if (role !== undefined) return role;
  throw invalidArgument('role', `A role is ${roles.join(', ')}.`);
}

function encode({ id, name, description, personal, members, createdAt }: Kept): Project {
  return {
    id,
    name,
    description,
    personal,
    members: members.map((member) => ({ ...member })),
    createTime: new Date(createdAt),
  };
}
