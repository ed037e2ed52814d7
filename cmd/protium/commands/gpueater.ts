import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addGpueaterKeysCommand } from './gpueater-keys.ts';
import { addGpueaterRevokeCommand } from './gpueater-revoke.ts';
import { addGpueaterUrlCommand } from './gpueater-url.ts';

export function addGpueaterCommands(program: Command, run: RunSession): void {
  const gpueater = program.command('gpueater').description("who may use GPUEater's console API here");
  addGpueaterUrlCommand(gpueater, run);
  addGpueaterKeysCommand(gpueater, run);
  addGpueaterRevokeCommand(gpueater, run);
}
