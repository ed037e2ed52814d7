import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { ProtiumError } from '../../errors/protium-error.ts';

/**
 * A YAML file of AIVC's, as the schema has it. A key that is there twice counts as its last: AIVC appends changes.
 *
 * @param file its name, for messages
 * @throws ProtiumError `argument-invalid` with the line, or with the field
 */
export function readYaml<T extends z.ZodType>(text: string, file: string, schema: T): z.output<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { uniqueKeys: false, lineCounter: lines, logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new ProtiumError(
      'argument-invalid',
      `${file}, line ${lines.linePos(error.pos[0]).line}: this is not YAML.`,
    );
  }
  const result = schema.safeParse(valueOf(document, file));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.map(String).join('.') ?? '';
  throw new ProtiumError(
    'argument-invalid',
    `${file}: ${field === '' ? 'it' : field}: ${issue?.message ?? ''}`,
    {
      details: { file, field },
    },
  );
}

function valueOf(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    // So few aliases: more of them make much of little ("billion laughs").
    return document.toJS({ maxAliasCount: 20 });
  } catch {
    throw new ProtiumError('argument-invalid', `${file}: it has too many aliases.`, { details: { file } });
  }
}

/** What people, images and the like are called in AIVC's files: any text on one line. */
export const line = z
  .string()
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'a text on one line')
  .max(1000);

/** In lower case, as AIVC's dialogue makes it. */
export const userId = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(
      z
        .string()
        .regex(
          /^[a-z0-9][a-z0-9._-]{0,31}$/,
          'a user id: letters, digits, dots, dashes, underscores; at most 32',
        ),
    ),
);

export const port = z.int().min(1).max(65535);
