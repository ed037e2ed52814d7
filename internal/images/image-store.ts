import { ProtiumError } from '../errors/protium-error.ts';
import type { Database } from '../store/database.ts';
import type { Image, ImageFormat, ImageOs, ImageSource, ImageVolume } from './image.ts';

/** The index of images: their names and what their volumes do not tell. Every change is durable when the call returns. */
export interface ImageStore {
  /** Sorted by name. */
  all(): readonly Image[];
  byId(id: string): Image | undefined;
  byName(name: string): Image | undefined;
  /** Throws `already-exists` when the name is taken. */
  insert(image: Image): void;
  remove(id: string): void;
  /** How many images have this volume. */
  countOf(volume: ImageVolume): number;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly digest: string;
  readonly format: ImageFormat;
  readonly virtual_size: number;
  readonly size: number;
  readonly os: string;
  readonly source: ImageSource['kind'];
  readonly location: string | null;
  readonly pool: string;
  readonly volume: string;
  readonly created_at: string;
}

/** The table of the migration 0004-images. */
export function createImageStore(database: Database): ImageStore {
  const columns =
    'id, name, digest, format, virtual_size, size, os, source, location, pool, volume, created_at';
  const all = database.prepare<Row>(`SELECT ${columns} FROM image ORDER BY name`);
  const byId = database.prepare<Row>(`SELECT ${columns} FROM image WHERE id = ?`);
  const byName = database.prepare<Row>(`SELECT ${columns} FROM image WHERE name = ?`);
  const insert = database.prepare(
    `INSERT INTO image (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const remove = database.prepare('DELETE FROM image WHERE id = ?');
  const count = database.prepare<{ images: number }>(
    'SELECT count(*) AS images FROM image WHERE pool = ? AND volume = ?',
  );
  const decodeSome = (row: Row | undefined) => (row === undefined ? undefined : decode(row));
  return {
    all: () => all.all().map(decode),
    byId: (id) => decodeSome(byId.get([id])),
    byName: (name) => decodeSome(byName.get([name])),
    insert({ id, name, digest, format, virtualSizeBytes, sizeBytes, os, source, volume, createdAt }) {
      const added = insert.run([
        id,
        name,
        digest,
        format,
        virtualSizeBytes,
        sizeBytes,
        JSON.stringify(os),
        source.kind,
        source.location,
        volume.pool,
        volume.name,
        createdAt,
      ]);
      if (added === 0) {
        throw new ProtiumError('already-exists', `There is an image "${name}" already.`, {
          details: { name },
        });
      }
    },
    remove: (id) => void remove.run([id]),
    countOf: ({ pool, name }) => count.get([pool, name])?.images ?? 0,
  };
}

function decode(row: Row): Image {
  return {
    id: row.id,
    name: row.name,
    digest: row.digest,
    format: row.format,
    virtualSizeBytes: row.virtual_size,
    sizeBytes: row.size,
    os: JSON.parse(row.os) as ImageOs,
    source: { kind: row.source, location: row.location },
    createdAt: row.created_at,
    volume: { pool: row.pool, name: row.volume },
  };
}
