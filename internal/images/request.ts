import { z } from 'zod';
import { ProtiumError } from '../errors/protium-error.ts';
import { osSchema } from './catalogue/entry.ts';
import { readChecksum, type Checksum } from './checksum/checksum.ts';
import type { ImageOs } from './image.ts';
import { sourceFormats, type SourceFormat } from './inspect/source-format.ts';
import { requireImageName } from './names.ts';

/** What `POST /v1/images` asks for, checked. */
export interface ImportRequest {
  readonly name: string;
  readonly source: {
    readonly kind: 'catalogue' | 'url' | 'file' | 'instance';
    readonly location: string;
  };
  /** What the content must amount to; null: it is not said, or the catalogue says it. */
  readonly checksum: Checksum | null;
  /** null: to be seen from the content. */
  readonly format: SourceFormat | null;
  /** null: as the catalogue says, or not known. */
  readonly os: ImageOs | null;
  /** Of an instance: what is only that machine's stays in the image. */
  readonly asIs: boolean;
}

/** The same for content that comes with the request. */
export type UploadRequest = Omit<ImportRequest, 'source' | 'asIs'>;

const checksum = z
  .string()
  .transform((text, context) => {
    const value = readChecksum(text);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: 'must be sha256:HEX or sha512:HEX' });
    return z.NEVER;
  })
  .nullable()
  .default(null);
const format = z.enum(sourceFormats).nullable().default(null);
const location = z.string().min(1).max(4096);

const importSchema = z
  .strictObject({
    name: z.string().optional(),
    source: z.strictObject({ kind: z.enum(['catalogue', 'url', 'file', 'instance']), location }),
    checksum,
    format,
    os: osSchema.nullable().default(null),
    asIs: z.boolean().default(false),
  })
  .refine(({ asIs, source }) => !asIs || source.kind === 'instance', {
    path: ['asIs'],
    message: 'only images of an instance are cleaned; all others are as they are',
  });

const uploadSchema = z.strictObject({ checksum, format });

/**
 * Reads the body of an import. Without a name, an image of the catalogue keeps the catalogue's.
 *
 * @throws ProtiumError `argument-invalid`, every problem in the details
 */
export function readImportRequest(body: unknown): ImportRequest {
  const { name, ...request } = read(importSchema, body);
  const fallback = request.source.kind === 'catalogue' ? request.source.location : '';
  return { ...request, name: requireImageName(name ?? fallback) };
}

/**
 * Reads name and query of an upload.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function readUploadRequest(name: string, query: Readonly<Record<string, unknown>>): UploadRequest {
  return { ...read(uploadSchema, query), name: requireImageName(name), os: null };
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new ProtiumError('argument-invalid', `The request is not allowed: ${problems.join('; ')}.`, {
    details: { problems },
  });
}
