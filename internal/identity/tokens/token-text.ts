import { randomBytes } from 'node:crypto';
import { newSecret } from '../secrets.ts';

/** A token as its bearer has it. */
export interface TokenText {
  /** The public half: 16 of [0-9a-f]. */
  readonly id: string;
  /** 256 random bits: 43 of [A-Za-z0-9_-]. */
  readonly secret: string;
}

/** Told from every other text by how it begins: scanners for leaked secrets find it. */
const pattern = /^pt_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

export function newToken(): TokenText {
  return { id: newTokenId(), secret: newSecret() };
}

export function newTokenId(): string {
  return randomBytes(8).toString('hex');
}

/** `pt_ID_SECRET`. */
export function tokenText({ id, secret }: TokenText): string {
  return `pt_${id}_${secret}`;
}

/** null: it is no token. */
export function readToken(text: string): TokenText | null {
  const [, id, secret] = pattern.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}
