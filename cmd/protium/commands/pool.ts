import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addPoolCreateCommand } from './pool-create.ts';
import { addPoolDeleteCommand } from './pool-delete.ts';
import { addPoolGetCommand } from './pool-get.ts';
import { addPoolListCommand } from './pool-list.ts';
import { addPoolRefreshCommand } from './pool-refresh.ts';
import { addPoolStartCommand } from './pool-start.ts';
import { addPoolStopCommand } from './pool-stop.ts';
import { addPoolUpdateCommand } from './pool-update.ts';

export function addPoolCommands(program: Command, run: RunSession): void {
  const pool = program.command('pool').description('where volumes lie');
  addPoolListCommand(pool, run);
  addPoolGetCommand(pool, run);
  addPoolCreateCommand(pool, run);
  addPoolUpdateCommand(pool, run);
  addPoolStartCommand(pool, run);
  addPoolStopCommand(pool, run);
  addPoolRefreshCommand(pool, run);
  addPoolDeleteCommand(pool, run);
}
