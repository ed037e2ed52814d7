import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeAuthority, type CertificateWithKey } from './make-certificate.ts';

const years = 20;

/**
 * Protium's own authority of client certificates, made at the first need and kept below the state directory, which this process
 * has locked. Certificate and key are one file: there is never one without the other.
 */
export async function clientAuthority(stateDirectory: string): Promise<CertificateWithKey> {
  const directory = join(stateDirectory, 'client-authority');
  const file = join(directory, 'authority.pem');
  const known = read(file);
  if (known !== null) return known;
  const notAfter = new Date();
  notAfter.setFullYear(notAfter.getFullYear() + years);
  const made = await makeAuthority(`Protium clients ${randomBytes(4).toString('hex')}`, notAfter);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const temporary = `${file}.new`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, made.certificate + made.key, { mode: 0o600, flag: 'wx', flush: true });
  renameSync(temporary, file);
  return made;
}

/** What is there and cannot be read is told, not replaced: all certificates that it signed would be worth nothing. */
function read(file: string): CertificateWithKey | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const [certificate] = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n/.exec(text) ?? [];
  const [key] = /-----BEGIN PRIVATE KEY-----[^]*?-----END PRIVATE KEY-----\n/.exec(text) ?? [];
  if (certificate === undefined || key === undefined) throw new Error(`${file} holds no certificate and key`);
  // Throws what is wrong with it.
  new X509Certificate(certificate);
  return { certificate, key };
}
