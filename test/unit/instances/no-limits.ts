import type { ProjectLimits } from '../../../internal/instances/project-limits.ts';

/** Where nobody sets limits. */
export const unlimited: ProjectLimits = {
  requireNew: () => undefined,
  requireChange: () => undefined,
  release: () => undefined,
  devices: () => null,
  open: () => undefined,
};
