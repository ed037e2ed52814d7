import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { ProtiumError } from '../errors/protium-error.ts';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'lower-case letters, digits, dots and dashes, at most 63');
const hexId = z
  .string()
  .regex(/^[0-9a-f]{4}$/, 'four lower-case hexadecimal digits, as lspci -nn shows them');
const vcpus = z.int().min(1).max(256);
const memoryMib = z
  .int()
  .min(64)
  .max(16 * 1024 * 1024);
const rootStorageGib = z.int().min(1).max(1_000_000);
const deviceDescription = z.string().min(1).max(200);
const pricePerHour = z.number().min(0).max(1_000_000);

const overrideSchema = z.strictObject({
  vcpus: vcpus.exactOptional(),
  memoryMib: memoryMib.exactOptional(),
  rootStorageGib: rootStorageGib.exactOptional(),
  deviceDescription: deviceDescription.exactOptional(),
  pricePerHour: pricePerHour.exactOptional(),
  limited: z.boolean().exactOptional(),
  hidden: z.boolean().exactOptional(),
});

const addedSchema = z.strictObject({
  name,
  vcpus,
  memoryMib,
  rootStorageGib: rootStorageGib.default(20),
  devices: z
    .array(z.strictObject({ vendorId: hexId, deviceId: hexId, count: z.int().min(1).max(64).default(1) }))
    .max(64)
    .default([]),
  deviceDescription: deviceDescription.default('-'),
  pricePerHour: pricePerHour.default(0),
  limited: z.boolean().default(false),
});

const settingsSchema = z.strictObject({
  override: z.record(name, overrideSchema).default({}),
  add: z.array(addedSchema).max(1000).default([]),
});

/** What an operator says of flavors: changes by name, and flavors of their own, which count before ours of that name. */
export type FlavorSettings = z.output<typeof settingsSchema>;

/** Nothing is said. */
export const noFlavorSettings: FlavorSettings = { override: {}, add: [] };

/**
 * Reads the settings. The file is read each time, so that an edit counts at once.
 *
 * @param file YAML or JSON; null: there is none
 * @throws ProtiumError `argument-invalid`, `file-not-found`
 */
export async function readFlavorSettings(file: string | null): Promise<FlavorSettings> {
  if (file === null) return noFlavorSettings;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new ProtiumError(
      'file-not-found',
      `The settings of flavors, ${file} (PROTIUM_FLAVORS), cannot be read.`,
      {
        cause: error,
        details: { path: file },
      },
    );
  }
  return parseFlavorSettings(text, file);
}

/** @throws ProtiumError `argument-invalid`, with every problem */
export function parseFlavorSettings(text: string, file: string): FlavorSettings {
  const wrong = (problems: readonly string[], cause?: unknown) =>
    new ProtiumError(
      'argument-invalid',
      `The settings of flavors, ${file} (PROTIUM_FLAVORS), are not valid:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
      { details: { path: file, problems }, cause },
    );
  let value: unknown;
  try {
    value = parse(text, { logLevel: 'error' });
  } catch (error) {
    throw wrong([error instanceof Error ? error.message : String(error)], error);
  }
  const read = settingsSchema.safeParse(value ?? {});
  if (!read.success) throw wrong(z.prettifyError(read.error).split('\n'));
  const names = read.data.add.map((flavor) => flavor.name);
  const twice = names.find((each, index) => names.indexOf(each) !== index);
  if (twice !== undefined) throw wrong([`"${twice}" is added twice`]);
  return read.data;
}
