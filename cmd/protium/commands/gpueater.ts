import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addGpueaterCallCommand } from './gpueater-call.ts';
import { addGpueaterExtensionCommands } from './gpueater-extensions.ts';

export function addGpueaterCommands(program: Command, run: RunSession): void {
  const gpueater = program.command('gpueater').description("GPUEater's functions, against this host");
  addGpueaterCallCommand(gpueater, run);
  addGpueaterExtensionCommands(gpueater, run);
}
