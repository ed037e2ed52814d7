import { z } from 'zod';
import { readChecksum } from '../checksum/checksum.ts';
import { imageNamePattern } from '../names.ts';
import { sourceFormats } from '../inspect/source-format.ts';

/** An image that can be imported by its name. */
export interface CatalogueEntry {
  readonly name: string;
  readonly description: string;
  /** As `uname -m` says it. */
  readonly architecture: string;
  readonly os: z.output<typeof osSchema>;
  readonly source: z.output<typeof urlSource> | { readonly kind: 'guest-build' };
  /** Who made the entry. */
  readonly origin: 'protium' | 'user';
}

const text = z.string().min(1).max(200);

/** Facts of a system as people give them: what is left out is not known. */
export const osSchema = z
  .strictObject({
    family: text.nullable().default(null),
    flavour: text.nullable().default(null),
    version: text.nullable().default(null),
    libosinfoId: text.nullable().default(null),
    loginUser: text.nullable().default(null),
  })
  .readonly();

const url = z.url({ protocol: /^https?$/ }).max(2000);

const urlSource = z
  .strictObject({
    kind: z.literal('url').default('url'),
    url,
    format: z.enum(sourceFormats).nullable().default(null),
    /** Where the checksum is read; or the checksum itself; null: it is not known. */
    checksum: z
      .union([
        z
          .strictObject({
            url,
            algorithm: z.enum(['sha256', 'sha512']),
            form: z.enum(['sums', 'bsd', 'bare']),
          })
          .readonly(),
        z.string().refine((value) => readChecksum(value) !== null, 'sha256:HEX or sha512:HEX'),
      ])
      .nullable()
      .default(null),
  })
  .readonly();

/** The user's own file: a list of these. */
export const userCatalogueSchema = z.array(
  z.strictObject({
    name: z.string().regex(imageNamePattern),
    description: z.string().max(500).default(''),
    architecture: text.default('x86_64'),
    os: osSchema.default(osSchema.parse({})),
    source: urlSource,
  }),
);
