import type {
  CatalogueImage,
  Image,
  ImageOs,
  ImageUser,
} from '../../../internal/api/grpc/generated/protium/v1/images.ts';
import { formatFields, formatTable } from './table.ts';
import { formatBytes, formatFlag, formatTime } from './units.ts';

/** A line an image. */
export function imageTable(images: readonly Image[]): string {
  const rows = images.map((image) => [
    { text: image.name },
    { text: osText(image.os) },
    { text: formatBytes(image.virtualSizeBytes) },
    { text: formatBytes(image.sizeBytes) },
    { text: image.os?.loginUser ?? '' },
    { text: formatTime(image.createTime) },
  ]);
  return formatTable(['NAME', 'SYSTEM', 'DISK', 'FILE', 'USER', 'STORED'], rows);
}

/** A line an entry of the catalogue. */
export function catalogueTable(entries: readonly CatalogueImage[]): string {
  const rows = entries.map((entry) => [
    { text: entry.name },
    { text: osText(entry.os) },
    { text: entry.architecture },
    { text: entry.origin },
    { text: formatFlag(entry.imported) },
    { text: entry.description },
  ]);
  return formatTable(['NAME', 'SYSTEM', 'ARCHITECTURE', 'ENTRY OF', 'IMPORTED', 'DESCRIPTION'], rows);
}

/** All of one image. */
export function imageFields(image: Image, users: readonly ImageUser[]): string {
  const { source, os, volume } = image;
  const fields: (readonly [string, string])[] = [
    ['name', image.name],
    ['id', image.id],
    ['digest', image.digest],
    ['format', image.format],
    ['disk', formatBytes(image.virtualSizeBytes)],
    ['file', formatBytes(image.sizeBytes)],
    ['system', osText(os)],
    ['login user', os?.loginUser ?? ''],
    ['from', source === undefined ? '' : `${source.kind} ${source.location ?? ''}`],
    ['stored', formatTime(image.createTime)],
    ['volume', volume === undefined ? '' : `${volume.pool}/${volume.name}`],
    ...users.map(({ kind, name }) => ['used by', `${kind} ${name}`] as const),
  ];
  return formatFields(fields.filter(([, value]) => value.trim() !== ''));
}

function osText(os: ImageOs | undefined): string {
  return [os?.flavour ?? os?.family, os?.version].filter((part) => part !== undefined).join(' ');
}
