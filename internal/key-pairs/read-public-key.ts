import { ProtiumError } from '../errors/protium-error.ts';
import { execa } from 'execa';
import type { PublicKey } from './key-pair.ts';

const types = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];
/** Of RSA; what is shorter can be broken, and newer sshd refuse it. */
const leastRsaBits = 2048;
const longestKey = 16 * 1024;
const line =
  /^(?<type>[a-z0-9@.-]+) (?<key>[A-Za-z0-9+/]+={0,2})(?: (?<comment>[^\p{Cc}\p{Surrogate}]{0,255}))?$/u;
const deadlineMs = 10_000;

/**
 * Reads a public key as a .pub file has it. ssh-keygen says whether it is whole, and how it is known.
 *
 * @throws ProtiumError `argument-invalid`: what was given is never shown, as it may be the private half
 */
export async function readPublicKey(text: string): Promise<PublicKey> {
  const trimmed = text.trim();
  if (trimmed.includes('PRIVATE KEY')) {
    throw invalid(
      'This is a private key. Keep it to yourself, and give its public half: the file that ends in .pub.',
    );
  }
  const {
    type = '',
    key = '',
    comment = '',
  } = (trimmed.length <= longestKey ? line.exec(trimmed)?.groups : undefined) ?? {};
  if (!types.includes(type)) {
    throw invalid(
      `This must be one public key in OpenSSH's format, in one line, as a .pub file has it: ${types.join(', ')}.`,
    );
  }
  const publicKey = [type, key, comment.trim()].filter(Boolean).join(' ');
  const { stdout, failed, code } = await execa('ssh-keygen', ['-l', '-E', 'sha256', '-f', '-'], {
    input: `${type} ${key}\n`,
    reject: false,
    timeout: deadlineMs,
  });
  if (code === 'ENOENT') {
    throw new ProtiumError(
      'unsupported',
      'This host has no ssh-keygen. Install what is missing: bash cmd/setup.sh',
      {
        details: { command: 'ssh-keygen' },
      },
    );
  }
  const [, bits, fingerprint] = /^(\d+) (SHA256:[A-Za-z0-9+/]{43}) /.exec(stdout) ?? [];
  if (failed || fingerprint === undefined)
    throw invalid('This key is damaged: it does not hold what its type has.');
  if (type === 'ssh-rsa' && Number(bits) < leastRsaBits) {
    throw invalid(
      `This RSA key has ${Number(bits)} bits; at least ${leastRsaBits} are needed. Ed25519 is better.`,
    );
  }
  return { type, bits: Number(bits), publicKey, fingerprint };
}

function invalid(message: string): ProtiumError {
  return new ProtiumError('argument-invalid', message, { details: { field: 'public_key' } });
}
