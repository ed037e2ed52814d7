import type { Metadata } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';

/** Metadata key, in requests and answers. */
export const requestIdKey = 'x-request-id';

const wellFormed = /^[\w.:-]{1,128}$/;

/** The client's request id where it is well-formed, else a new UUID; set in the metadata, so that it stays the same. */
export function requestIdOf(metadata: Metadata): string {
  const given = metadata.get(requestIdKey)[0];
  if (typeof given === 'string' && wellFormed.test(given)) return given;
  const made = randomUUID();
  metadata.set(requestIdKey, made);
  return made;
}
