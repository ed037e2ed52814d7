import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addLeaseAvailabilityCommand } from './lease-availability.ts';
import { addLeaseCalendarCommand } from './lease-calendar.ts';
import { addLeaseCancelCommand } from './lease-cancel.ts';
import { addLeaseCreateCommand } from './lease-create.ts';
import { addLeaseExtendCommand } from './lease-extend.ts';
import { addLeaseListCommand } from './lease-list.ts';
import { addLeaseShowCommand } from './lease-show.ts';

export function addLeaseCommands(program: Command, run: RunSession): void {
  const lease = program
    .command('lease')
    .description('parts of the host that are booked from a time to a time');
  addLeaseCreateCommand(lease, run);
  addLeaseListCommand(lease, run);
  addLeaseShowCommand(lease, run);
  addLeaseExtendCommand(lease, run);
  addLeaseCancelCommand(lease, run);
  addLeaseAvailabilityCommand(lease, run);
  addLeaseCalendarCommand(lease, run);
}
