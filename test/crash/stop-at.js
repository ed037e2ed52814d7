/**
 * Loaded into the daemon under test by `node --import`: it knows every write to the daemon's database, and can end the
 * daemon, or its libvirtd, by SIGKILL at the very one that a test names. The product has no part in it.
 *
 * A point is one durable write: a transaction, or a statement outside of one. Its label tells what is written; the test asks
 * for the n-th of a label, so that what else is written at the time does not shift the count. `before`: the effect that
 * the write is to record is there, the record is not; `after`: the record is on disk, what follows it is not begun.
 *
 * The test talks to it over the Unix socket PROTIUM_TEST_STOP_AT, a line of JSON each way:
 * `{"stop":null|{"label","occurrence","when","victim"}}` begins to count afresh, `{"armed":true}` answers;
 * `{"point":label}` follows each write, `{"reached":true}` the death of libvirtd. What was written before anybody asked is
 * told to the first who does.
 *
 * The victim `disk` kills nobody: from that point on no write succeeds, as on a disk that fails, until it is told to count
 * afresh.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';

const writes = /^\s*(INSERT|UPDATE|DELETE|REPLACE)\b(?:\s+OR\s+\w+)?(?:\s+(?:INTO|FROM))?\s+"?(\w+)/i;
const kinds = new Map();
const counts = new Map();
const clients = new Set();
/** What nobody could be told yet; null: somebody was there. */
let early = [];
let stop = null;
let diskFails = false;
/** The labels of what the open transaction has written; null: there is none. */
let open = null;

delete process.env.NODE_OPTIONS;

function tell(message) {
  early?.push(message);
  for (const client of clients) client.write(`${JSON.stringify(message)}\n`);
}

function isReached(label, when) {
  return stop?.label === label && stop.when === when && stop.occurrence === (counts.get(label) ?? 0);
}

function strike() {
  const { victim } = stop;
  stop = null;
  if (victim === 'disk') diskFails = true;
  else kill(victim);
  tell({ reached: true });
}

function kill(victim) {
  if (victim === 'daemon') process.kill(process.pid, 'SIGKILL');
  process.kill(Number(readFileSync('/run/libvirt/libvirtd.pid', 'utf8')), 'SIGKILL');
}

/** As SQLite says it: SQLITE_IOERR_WRITE. */
function requireDisk() {
  if (diskFails) throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 778 });
}

function write(label, doIt) {
  counts.set(label, (counts.get(label) ?? 0) + 1);
  if (isReached(label, 'before')) strike();
  requireDisk();
  const result = doIt();
  tell({ point: label });
  if (isReached(label, 'after')) strike();
  return result;
}

/** What a statement writes, in words; null: nothing. */
function labelOf(sql, given) {
  const match = writes.exec(sql);
  if (match === null) return null;
  const [, verb, table] = match;
  const values = given[0] ?? {};
  if (table === 'operation') {
    if (verb.toUpperCase() === 'INSERT') kinds.set(values.id, values.kind);
    const { id, state } = values;
    return id === undefined ? null : `${kinds.get(id) ?? 'operation'} ${state}`;
  }
  if (table === 'operation_step')
    return values.position === undefined ? '' : `step ${values.position} ${values.state}`;
  if (table === 'operation_resource') return '';
  return `${verb.toLowerCase()} ${table}`;
}

/** SQLite's connection, which tells of every write. */
function watched(DatabaseSync) {
  return class extends DatabaseSync {
    exec(sql) {
      if (/^BEGIN IMMEDIATE/.test(sql)) open = [];
      else if (sql === 'COMMIT') {
        const label = (open ?? []).filter((part) => part !== '').join(', ');
        open = null;
        if (label !== '') return write(label, () => super.exec(sql));
      } else if (sql === 'ROLLBACK') open = null;
      return super.exec(sql);
    }

    prepare(sql) {
      const statement = super.prepare(sql);
      if (!writes.test(sql)) return statement;
      const counted =
        (method) =>
        (...given) => {
          const label = labelOf(sql, given);
          const doIt = () => statement[method](...given);
          if (label === null || label === '') return doIt();
          if (open === null) return write(label, doIt);
          open.push(label);
          return doIt();
        };
      return { run: counted('run'), get: counted('get'), all: counted('all') };
    }
  };
}

/** node:sqlite where Node has it, else the package: what internal/store/sqlite.ts will load is given out watched. */
function watchSqlite() {
  const { emitWarning, getBuiltinModule } = process;
  process.emitWarning = () => undefined;
  const builtIn = getBuiltinModule('node:sqlite');
  process.emitWarning = emitWarning;
  if (builtIn !== undefined) {
    const replaced = { ...builtIn, DatabaseSync: watched(builtIn.DatabaseSync) };
    process.getBuiltinModule = (id) => (id === 'node:sqlite' ? replaced : getBuiltinModule(id));
    return;
  }
  const require = createRequire(import.meta.url);
  const name = '@photostructure/sqlite';
  const loaded = require(name);
  require.cache[require.resolve(name)].exports = { ...loaded, DatabaseSync: watched(loaded.DatabaseSync) };
}

watchSqlite();

// What is to strike during the recovery is known before there is anybody to ask.
if (process.env.PROTIUM_TEST_STOP !== undefined) stop = JSON.parse(process.env.PROTIUM_TEST_STOP);

const server = net.createServer((client) => {
  for (const message of early ?? []) client.write(`${JSON.stringify(message)}\n`);
  early = null;
  clients.add(client);
  client.unref();
  client.on('error', () => clients.delete(client));
  client.on('close', () => clients.delete(client));
  let text = '';
  client.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      ({ stop } = JSON.parse(text.slice(0, end)));
      text = text.slice(end + 1);
      counts.clear();
      diskFails = false;
      client.write('{"armed":true}\n');
    }
  });
});
server.listen(process.env.PROTIUM_TEST_STOP_AT);
server.unref();
