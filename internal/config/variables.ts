import { accessVariables } from './variables/access.ts';
import { cocosVariables } from './variables/cocos.ts';
import { hostTreeVariables, hostVariables } from './variables/host.ts';
import { imageImportVariables, imagePoolVariables } from './variables/images.ts';
import { instanceVariables } from './variables/instances.ts';
import { migrationVariables } from './variables/migration.ts';
import { networkVariables } from './variables/networks.ts';
import { logVariables, traceVariables } from './variables/observability.ts';
import { priceVariables, rentingVariables } from './variables/renting.ts';
import { requestVariables } from './variables/requests.ts';
import { serverVariables } from './variables/servers.ts';
import { poolVariables, storageVariables } from './variables/storage.ts';
import type { Variable } from './variables/variable.ts';

/**
 * Every environment variable that Protium reads, in the order in which people are told of them. The loader, `--help` and
 * docs/configuration.md all follow from this table.
 */
export const variables = {
  ...serverVariables,
  ...accessVariables,
  ...hostVariables,
  ...requestVariables,
  ...storageVariables,
  ...migrationVariables,
  ...poolVariables,
  ...networkVariables,
  ...imagePoolVariables,
  ...rentingVariables,
  ...imageImportVariables,
  ...instanceVariables,
  ...priceVariables,
  ...hostTreeVariables,
  ...logVariables,
  ...cocosVariables,
  ...traceVariables,
} as const satisfies Record<string, Variable>;

export type VariableKey = keyof typeof variables;
