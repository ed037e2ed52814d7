import { ProtiumError } from '../errors/protium-error.ts';
import { runTool } from './run-tool.ts';

/** The password as a guest keeps it: SHA-512 crypt, with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const hash = await runTool(['openssl', 'passwd', '-6', '-stdin'], 'hash the password', {
    input: `${password}\n`,
  });
  if (/^\$6\$[./0-9A-Za-z]{8,16}\$[./0-9A-Za-z]{86}$/.test(hash)) return hash;
  throw new ProtiumError('internal', 'Could not hash the password: openssl answered with something else.');
}
