import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addGpueaterCallCommand } from './gpueater-call.ts';
import { addGpueaterExtensionCommands } from './gpueater-extensions.ts';
import { addGpueaterKeysCommand } from './gpueater-keys.ts';
import { addGpueaterKnownHostsCommand } from './gpueater-known-hosts.ts';
import { addGpueaterRevokeCommand } from './gpueater-revoke.ts';
import { addGpueaterUrlCommand } from './gpueater-url.ts';

export function addGpueaterCommands(program: Command, run: RunSession): void {
  const gpueater = program
    .command('gpueater')
    .description("GPUEater's functions, and who may call them here");
  addGpueaterUrlCommand(gpueater, run);
  addGpueaterKeysCommand(gpueater, run);
  addGpueaterRevokeCommand(gpueater, run);
  addGpueaterKnownHostsCommand(gpueater, run);
  addGpueaterCallCommand(gpueater, run);
  addGpueaterExtensionCommands(gpueater, run);
}
