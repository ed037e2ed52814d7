import { generateKeyPair, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);
const type = 'ecdsa-sha2-nistp256';

/**
 * A new key of ECDSA P-256, the private half as SEC1 PEM: of all formats the only one that the ssh of Node's client, OpenSSH
 * and a default sshd take alike.
 */
export async function makePemKey(): Promise<{ readonly privateKey: string; readonly publicKey: string }> {
  const { privateKey, publicKey } = await generate('ec', { namedCurve: 'prime256v1' });
  return {
    privateKey: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    publicKey: publicKeyLine(publicKey.export({ format: 'jwk' })),
  };
}

/** A point of P-256 in OpenSSH's format (RFC 5656), in one line. Pure. */
export function publicKeyLine({ x = '', y = '' }: Pick<JsonWebKey, 'x' | 'y'>): string {
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const blob = Buffer.concat([Buffer.from(type), Buffer.from('nistp256'), point].map(sized));
  return `${type} ${blob.toString('base64')}`;
}

function sized(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
