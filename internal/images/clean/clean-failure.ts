import { ProtiumError } from '../../errors/protium-error.ts';

const insteadAsIs = 'Ask for the image as it is (as_is, --as-is)';

/** @returns ProtiumError `unsupported` */
export function cleaningToolMissing(command: string): ProtiumError {
  const packageName = command === 'virt-sysprep' ? 'guestfs-tools' : 'util-linux';
  return new ProtiumError(
    'unsupported',
    `An image of an instance is cleaned by ${command}, which is not installed (package ${packageName}). ` +
      `Install it, or clean the guest yourself. ${insteadAsIs} then.`,
    { details: { command, package: packageName } },
  );
}

/** What libguestfs says of a disk on which it knows no system. It has no status of its own for that. */
const noSystem = 'no operating systems were found';

/**
 * Why virt-sysprep failed, from what it wrote on its standard error.
 *
 * @returns ProtiumError `unsupported`: there is no system that it knows; `host-incapable`: all else
 */
export function cleaningFailed(stderr: string, exitCode: number | null): ProtiumError {
  if (stderr.includes(noSystem)) {
    return new ProtiumError(
      'unsupported',
      'The disk cannot be cleaned: no operating system is found on it (one that libguestfs does not know, an encrypted ' +
        `one, or one that is spread over several disks). ${insteadAsIs}, and clean the guest yourself where that matters.`,
      { details: { reason: 'no-operating-system' } },
    );
  }
  const errors = stderr.split('\n').filter((line) => /\berror: /.test(line));
  const said = (errors[0] ?? stderr.trim().split('\n').at(-1) ?? '').trim().slice(0, 300);
  return new ProtiumError(
    'host-incapable',
    `The disk cannot be cleaned by virt-sysprep${said === '' ? '' : ` (${said})`}; the log has all that it said, and ` +
      `\`libguestfs-test-tool\` tells whether it works on this host. ${insteadAsIs} if it does not.`,
    { details: { command: 'virt-sysprep', exitCode: exitCode ?? -1 } },
  );
}

/** @returns ProtiumError `deadline-exceeded` */
export function cleaningTooLong(deadlineMs: number): ProtiumError {
  return new ProtiumError(
    'deadline-exceeded',
    `The disk was not cleaned within ${deadlineMs / 60_000} minutes. Without KVM it is slow; try again when the host has ` +
      `less to do. ${insteadAsIs} if that does not help.`,
    { details: { deadlineMs } },
  );
}
