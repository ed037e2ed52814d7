import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const bytes = 32;

/** How a password is kept: scrypt with a salt of its own, `scrypt$SALT$HASH`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derived(password, salt);
  return `scrypt$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** In a time that does not tell how much of it is right. */
export async function isPassword(password: string, kept: string): Promise<boolean> {
  const [, salt = '', hash = ''] = kept.split('$');
  const expected = Buffer.from(hash, 'base64url');
  const given = await derived(password, Buffer.from(salt, 'base64url'));
  return expected.length === given.length && timingSafeEqual(given, expected);
}

function derived(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, bytes, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
