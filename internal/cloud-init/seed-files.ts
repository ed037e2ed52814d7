import { Document, isMap, isScalar, type YAMLMap } from 'yaml';
import { ourCloudConfig, type GuestWishes } from './cloud-config.ts';
import { mergeCloudConfig } from './merge.ts';
import { multiPart, type Part } from './multi-part.ts';
import { looksLikeMime, type UserData } from './user-data.ts';
import { yamlNode } from './yaml-node.ts';

export interface SeedFiles {
  /** NoCloud's files: what they hold, by name. */
  readonly files: { readonly 'meta-data': string; readonly 'user-data': string };
  /** By which the guest's sshd is known: lines of a known_hosts file, without the host. */
  readonly sshHostKeys: readonly string[];
}

/** What a guest reads at its first boot, for cloud-init's data source NoCloud. */
export function seedFiles(uuid: string, wishes: GuestWishes, userData: UserData | null): SeedFiles {
  const theirs = userData?.form === 'cloud-config' ? userData.document : null;
  const document = theirs ?? emptyDocument();
  const theirKeys = theirs === null ? null : hostKeysOf(theirs.contents);
  mergeCloudConfig(document, ourCloudConfig(wishes));
  const config = `#cloud-config\n${write(document)}`;
  const metaData = emptyDocument();
  mergeCloudConfig(metaData, { 'instance-id': uuid, 'local-hostname': wishes.hostname });
  return {
    files: { 'meta-data': write(metaData), 'user-data': together(config, userData) },
    sshHostKeys: theirKeys ?? wishes.hostKeys.map(({ publicKey }) => publicKey),
  };
}

function together(config: string, userData: UserData | null): string {
  const ours: Part = { type: 'text/cloud-config', filename: 'cloud-config.yaml', text: config };
  switch (userData?.form) {
    case 'part':
      return multiPart([ours, { type: userData.type, filename: 'user-data', text: userData.text }]);
    case 'message':
      return multiPart([ours, { message: userData.text }]);
    case 'cloud-config':
    case 'unknown':
    case undefined:
      return looksLikeMime(config) ? multiPart([ours]) : config;
  }
}

function emptyDocument(): Document<YAMLMap, false> {
  const document = new Document<YAMLMap, false>(undefined, { schema: 'failsafe' });
  document.contents = yamlNode({}) as YAMLMap;
  return document;
}

function write(document: Document<YAMLMap, false>): string {
  return document.toString({ lineWidth: 0, doubleQuotedAsJSON: true });
}

/** The public ones of the host keys that a cloud-config brings; null: it brings none. */
function hostKeysOf(config: YAMLMap): readonly string[] | null {
  if (!config.has('ssh_keys')) return null;
  const keys = config.get('ssh_keys');
  if (!isMap(keys)) return [];
  return keys.items.flatMap(({ key, value }) =>
    isScalar(key) && String(key.value).endsWith('_public') && isScalar(value)
      ? [String(value.value).trim()]
      : [],
  );
}
