import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addGuestFreezeCommand } from './guest-freeze.ts';
import { addGuestInfoCommand } from './guest-info.ts';
import { addGuestPingCommand } from './guest-ping.ts';
import { addGuestReadCommand } from './guest-read.ts';
import { addGuestSetPasswordCommand } from './guest-set-password.ts';
import { addGuestThawCommand } from './guest-thaw.ts';
import { addGuestUsersCommand } from './guest-users.ts';
import { addGuestWriteCommand } from './guest-write.ts';

export function addGuestCommands(program: Command, run: RunSession): void {
  const guest = program.command('guest').description('what is done in an instance, by the agent in it');
  addGuestPingCommand(guest, run);
  addGuestInfoCommand(guest, run);
  addGuestUsersCommand(guest, run);
  addGuestSetPasswordCommand(guest, run);
  addGuestReadCommand(guest, run);
  addGuestWriteCommand(guest, run);
  addGuestFreezeCommand(guest, run);
  addGuestThawCommand(guest, run);
}
