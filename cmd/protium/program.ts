import { Command, Option } from 'commander';
import { optionDescription } from './option-help.ts';
import { outputFormats } from './output/format.ts';
import type { RunSession } from './session.ts';
import { addAddressCommands } from './commands/address.ts';
import { addApplyCommand } from './commands/apply.ts';
import { addAttachCommands } from './commands/attach.ts';
import { addAttachmentsCommand } from './commands/attachments.ts';
import { addAuditCommands } from './commands/audit.ts';
import { addBookingCommands } from './commands/booking.ts';
import { addCertCommands } from './commands/cert.ts';
import { addCompleteCommand } from './commands/complete.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addConsoleCommand } from './commands/console.ts';
import { addCreateCommand } from './commands/create.ts';
import { addDeleteCommand } from './commands/delete.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDetachCommands } from './commands/detach.ts';
import { addDomainCommands } from './commands/domain.ts';
import { addEventsCommand } from './commands/events.ts';
import { addFirewallCommands } from './commands/firewall.ts';
import { addGpueaterCommands } from './commands/gpueater.ts';
import { addExecCommand } from './commands/exec.ts';
import { addFlavorCommands } from './commands/flavor.ts';
import { addGetCommand } from './commands/get.ts';
import { addGuestCommands } from './commands/guest.ts';
import { addHostCommands } from './commands/host.ts';
import { addInvoiceCommands } from './commands/invoice.ts';
import { addCpCommand } from './commands/cp.ts';
import { addKeyCommands } from './commands/key.ts';
import { addImageCommands } from './commands/image.ts';
import { addLeaseCommands } from './commands/lease.ts';
import { addListCommand } from './commands/list.ts';
import { addLogsCommand } from './commands/logs.ts';
import { addOperationCommands } from './commands/operation.ts';
import { addLoginCommand } from './commands/login.ts';
import { addLogoutCommand } from './commands/logout.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addMigrationCommands } from './commands/migration.ts';
import { addNetworkCommands } from './commands/network.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addPoolCommands } from './commands/pool.ts';
import { addPortForwardCommands } from './commands/port-forward.ts';
import { addProvisionCommands } from './commands/provision.ts';
import { addRebootCommand } from './commands/reboot.ts';
import { addRenameCommand } from './commands/rename.ts';
import { addResetCommand } from './commands/reset.ts';
import { addResizeCommand } from './commands/resize.ts';
import { addResizeVolumeCommand } from './commands/resize-volume.ts';
import { addResumeCommand } from './commands/resume.ts';
import { addScreenshotCommand } from './commands/screenshot.ts';
import { addSaveCommand } from './commands/save.ts';
import { addSnapshotCommands } from './commands/snapshot.ts';
import { addSshCommand } from './commands/ssh.ts';
import { addStartCommand } from './commands/start.ts';
import { addStopCommand } from './commands/stop.ts';
import { addSubscriptionCommands } from './commands/subscription.ts';
import { addSuspendCommand } from './commands/suspend.ts';
import { addTokenCommands } from './commands/token.ts';
import { addUpdateCommand } from './commands/update.ts';
import { addUsageCommands } from './commands/usage.ts';
import { addUserCommands } from './commands/user.ts';
import { addVersionCommand } from './commands/version.ts';
import { addVncCommand } from './commands/vnc.ts';
import { addVolumeCommands } from './commands/volume.ts';
import { addWhoAmICommand } from './commands/whoami.ts';

/** The command line: all commands, with their options and help. Throws CommanderError instead of ending the process. */
export function createProgram(run: RunSession): Command {
  const program = new Command('protium')
    .description('Virtual machines of this host, by the Protium daemon.')
    .addOption(
      new Option(
        '--address <host:port>',
        'where the daemon serves gRPC (default: that of protium login, else of this machine)',
      ).env('PROTIUM_ADDRESS'),
    )
    .addOption(
      new Option('--token <token>', 'who you are (others of this machine see arguments)').env(
        'PROTIUM_TOKEN',
      ),
    )
    .addOption(
      new Option('--ca <file>', "use TLS, and check the daemon's certificate against these (PEM)").env(
        'PROTIUM_CA_CERTS',
      ),
    )
    .addOption(
      new Option('--cert <file>', 'a certificate that shows who you are (PEM)').env('PROTIUM_CLIENT_CERT'),
    )
    .addOption(new Option('--cert-key <file>', 'its key (PEM)').env('PROTIUM_CLIENT_KEY'))
    .addOption(
      new Option('-o, --output <format>', 'how answers are written').choices(outputFormats).default('table'),
    )
    .configureHelp({ showGlobalOptions: true, optionDescription })
    // What is wrong with a command line is told as other failures are.
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  for (const add of commands) add(program, run);
  return program;
}

/** In the order of the help. */
const commands: readonly ((program: Command, run: RunSession) => void)[] = [
  addCreateCommand,
  addPlanCommand,
  addApplyCommand,
  addListCommand,
  addGetCommand,
  addStartCommand,
  addStopCommand,
  addRebootCommand,
  addResetCommand,
  addSuspendCommand,
  addResumeCommand,
  addUpdateCommand,
  addSaveCommand,
  addRenameCommand,
  addResizeCommand,
  addMigrateCommand,
  addMigrationCommands,
  addAttachmentsCommand,
  addAttachCommands,
  addDetachCommands,
  addResizeVolumeCommand,
  addSnapshotCommands,
  addDeleteCommand,
  addConsoleCommand,
  addVncCommand,
  addLogsCommand,
  addScreenshotCommand,
  addExecCommand,
  addGuestCommands,
  addHostCommands,
  addDoctorCommand,
  addSshCommand,
  addCpCommand,
  addKeyCommands,
  addImageCommands,
  addOperationCommands,
  addEventsCommand,
  addAuditCommands,
  addDomainCommands,
  addPoolCommands,
  addVolumeCommands,
  addNetworkCommands,
  addPortForwardCommands,
  addAddressCommands,
  addFirewallCommands,
  addFlavorCommands,
  addUsageCommands,
  addInvoiceCommands,
  addSubscriptionCommands,
  addLeaseCommands,
  addBookingCommands,
  addGpueaterCommands,
  addProvisionCommands,
  addUserCommands,
  addTokenCommands,
  addCertCommands,
  addWhoAmICommand,
  addLoginCommand,
  addLogoutCommand,
  addCompletionCommand,
  addCompleteCommand,
  addVersionCommand,
];
