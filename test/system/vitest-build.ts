import path from 'node:path';
import { execa } from 'execa';

/** Builds the daemon that the system tests start; quick when nothing has changed. */
export default async function setup(): Promise<void> {
  const script = path.resolve(import.meta.dirname, '../../cmd/setup.sh');
  await execa('bash', [script, '--for-tests'], { stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' });
}
