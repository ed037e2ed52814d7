import { configTargets } from './parsers/configs.ts';
import { documentTargets } from './parsers/documents.ts';
import { hostTargets } from './parsers/host.ts';
import { provisionTargets } from './parsers/provision.ts';
import { requestTargets } from './parsers/requests.ts';
import { timeTargets } from './parsers/times.ts';
import { virshTargets } from './parsers/virsh.ts';
import { wireTargets } from './parsers/wire.ts';
import type { FuzzTarget } from './target.ts';

/** Every parser, without the daemon around it. */
export const parserTargets: readonly FuzzTarget[] = [
  ...wireTargets,
  ...documentTargets,
  ...virshTargets,
  ...hostTargets,
  ...configTargets,
  ...requestTargets,
  ...timeTargets,
  ...provisionTargets,
];
