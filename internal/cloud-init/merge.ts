import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Document,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Plain } from './cloud-config.ts';
import { yamlNode } from './yaml-node.ts';

/** Keys of a cloud-config that are about the image's own default user. */
const aboutDefaultUser = ['user', 'password', 'ssh_authorized_keys', 'ssh_import_id'];
const passwordKeys = ['passwd', 'hashed_passwd', 'plain_text_passwd'];

/**
 * Adds our part to the user's cloud-config. Theirs wins where both say something; of lists, theirs come after ours; entries
 * of `users` with one name are one user. What they wrote is not touched otherwise.
 */
export function mergeCloudConfig(
  theirs: Document<YAMLMap, false>,
  ours: Readonly<Record<string, Plain>>,
): void {
  const { users, ...rest } = ours;
  const said = { ...rest };
  // A name of theirs is taken apart by cloud-init, a host key of theirs is the only one then.
  if (theirs.has('fqdn')) delete said['hostname'];
  if (theirs.has('ssh_keys')) delete said['ssh_keys'];
  mergeMaps(theirs, theirs.contents, said);
  if (users !== undefined) mergeUsers(theirs, users as readonly User[]);
}

type User = { readonly name: string } & Readonly<Record<string, Plain>>;

function mergeMaps(
  document: Document<YAMLMap, false>,
  theirs: YAMLMap,
  ours: Readonly<Record<string, Plain>>,
): void {
  for (const [key, value] of Object.entries(ours)) {
    if (value === undefined) continue;
    const known = ownCopy(document, theirs, key);
    const node = yamlNode(value);
    if (known === undefined || isBlank(known)) theirs.set(key, node);
    else if (isSeq(known) && isSeq(node)) known.items.unshift(...node.items);
    else if (isMap(known) && isPlainMap(value)) mergeMaps(document, known, value);
  }
}

function mergeUsers(document: Document<YAMLMap, false>, ours: readonly User[]): void {
  const theirs = document.contents;
  const list = ownCopy(document, theirs, 'users');
  if (list === undefined || isBlank(list)) {
    // Without `users` theirs meant the default user: it stays where they speak of it.
    const all = aboutDefaultUser.some((key) => theirs.has(key)) ? ['default', ...ours] : ours;
    theirs.set('users', yamlNode(all));
  } else if (isSeq(list)) {
    for (const user of ours) mergeUser(document, list, user);
  }
}

function mergeUser(document: Document<YAMLMap, false>, list: YAMLSeq, user: User): void {
  const index = list.items.findIndex((item) => nameOf(resolved(document, item)) === user.name);
  const known = resolved(document, list.items[index]);
  if (!isMap(known)) {
    if (index !== -1) list.items.splice(index, 1);
    list.items.unshift(yamlNode(user));
    return;
  }
  const { hashed_passwd: hash, lock_passwd: lock, ...rest } = user;
  const hasPassword = passwordKeys.some((key) => known.has(key));
  const own = isAlias(list.items[index]) ? (copyOf(known) as typeof known) : known;
  list.items[index] = own;
  mergeMaps(document, own, hasPassword ? rest : { ...rest, hashed_passwd: hash, lock_passwd: lock });
}

function nameOf(user: unknown): unknown {
  if (isMap(user)) return user.get('name');
  return isScalar(user) ? user.value : undefined;
}

/** The value at a key; where it is an alias, a copy is put there first: its anchor's place is not to change with it. */
function ownCopy(document: Document<YAMLMap, false>, map: YAMLMap, key: string): Node | undefined {
  const node = map.get(key, true) as Node | undefined;
  if (!isAlias(node)) return node;
  const copy = copyOf(resolved(document, node));
  if (copy !== undefined) map.set(key, copy);
  return copy;
}

function copyOf(node: Node | undefined): Node | undefined {
  const copy = node?.clone() as Node | undefined;
  // A second anchor of that name would take the aliases that come after it.
  if (isCollection(copy)) delete copy.anchor;
  return copy;
}

function resolved(document: Document<YAMLMap, false>, node: unknown): Node | undefined {
  return isAlias(node) ? node.resolve(document as unknown as Document) : (node as Node | undefined);
}

/** `users:` with nothing behind it. */
function isBlank(node: Node): boolean {
  return isScalar(node) && node.type === 'PLAIN' && ['', '~', 'null'].includes(String(node.value));
}

function isPlainMap(value: Plain): value is Readonly<Record<string, Plain>> {
  return typeof value === 'object' && !Array.isArray(value);
}
