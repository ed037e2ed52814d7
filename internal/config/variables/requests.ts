import { limitedCalls } from '../../rate-limits/limits.ts';
import { directories, flag, rates } from '../values.ts';
import { allowedForFlag, type Variable } from './variable.ts';

/** What requests may do, and what is told of them. */
export const requestVariables = {
  rateLimits: {
    name: 'PROTIUM_RATE_LIMITS',
    aliases: [],
    fallback: null,
    unset: Object.entries(limitedCalls)
      .map(([call, count]) => `${call}=${count}`)
      .join(','),
    allowed: `NAME=COUNT, separated by commas; names: ${Object.keys(limitedCalls).join(', ')}`,
    meaning: 'How often one user may ask for what costs much, in a minute; 0: as often as they like.',
    schema: rates,
  },
  auditReads: {
    name: 'PROTIUM_AUDIT_READS',
    aliases: [],
    fallback: '0',
    allowed: allowedForFlag,
    meaning: 'Whether the audit record tells who looked at what, too. Changes and refusals it always tells.',
    schema: flag,
  },
  allowedPaths: {
    name: 'PROTIUM_ALLOWED_PATHS',
    aliases: ['MANAGER_ALLOWED_PATHS'],
    fallback: null,
    unset: 'none',
    allowed: 'absolute directories, separated by colons',
    meaning: 'Directories, beside the working directory, under which a request may name files of this host.',
    schema: directories,
  },
} as const satisfies Record<string, Variable>;
