import type { Booking, BookingFiles, BookingState, BookingUser } from './booking.ts';
import { writeBackupList } from './formats/backup-list.ts';
import { writeBookingsCsv } from './formats/bookings-csv.ts';
import { writeCapabilityConfig } from './formats/capability-config.ts';
import { writeHostDeploy } from './formats/host-deploy.ts';
import { writeUsersConfig } from './formats/users-config.ts';
import type { BookingSettings } from './settings.ts';

/** AIVC's files with what is known here. Passwords are not: those of users_config.yaml are empty. */
export function exportFiles(
  { capability, host, kept }: BookingSettings,
  users: readonly BookingUser[],
  bookings: readonly (Booking & { readonly state: BookingState })[],
): BookingFiles {
  const rows = (state: BookingState) =>
    writeBookingsCsv(
      bookings
        .filter((booking) => booking.state === state)
        .map((booking) => ({ ...booking, gpus: numbersOf(booking) })),
    );
  const below = (directory: string | undefined, user: string): string | null =>
    directory === undefined ? null : `${directory}/${user}`;
  return {
    ...(host === null ? {} : { 'host_deploy.yaml': writeHostDeploy(host) }),
    ...(capability === null ? {} : { 'capability_config.yaml': writeCapabilityConfig(capability) }),
    ...(kept === null ? {} : { 'backup.yaml': writeBackupList(kept) }),
    'users_config.yaml': writeUsersConfig(
      users.map(({ user, forwardPort, image, extraCommand }) => ({
        user,
        forwardPort,
        image,
        extraCommand,
        workDirectory: below(host?.workDirectory, user),
        datasetDirectory: host?.datasetDirectory ?? null,
        backupDirectory: below(host?.backupDirectory, user),
      })),
    ),
    'booking.csv': rows('booking'),
    'using.csv': rows('using'),
    'used.csv': rows('used'),
  };
}

/** AIVC's lists name numbers from the booking on; here devices are chosen at the start, so until then the first ones stand for them. */
function numbersOf({ gpus, gpuNumbers }: Booking): readonly number[] {
  return gpuNumbers.length === gpus ? gpuNumbers : Array.from({ length: gpus }, (_, number) => number);
}
