import { migrationTargets } from '../values.ts';
import type { Variable } from './variable.ts';

/** Other hosts. */
export const migrationVariables = {
  migrationTargets: {
    name: 'PROTIUM_MIGRATION_TARGETS',
    aliases: [],
    fallback: null,
    unset: 'none',
    allowed:
      'NAME=URI, then as wanted peer=URI, address=HOST, disks=copied or shared, transport=direct or tunnelled; hosts separated by commas',
    meaning: 'Other libvirt hosts that instances can move to; see migration.md.',
    schema: migrationTargets,
  },
} as const satisfies Record<string, Variable>;
