import { ProtiumError } from '../../errors/protium-error.ts';
import { canonicalForm } from '../../xml/canonical.ts';
import { attribute, children, find, path, type XmlElement } from '../../xml/tree.ts';

/**
 * A snapshot must not bring back what only administrators may give a VM and have taken from it since: options that go
 * straight to QEMU, directories and programs of the host, what it boots from outside of its disks; and, where libvirt itself
 * brings its definition back, files that are its disks no more and may be somebody else's. Pure.
 *
 * @param internal libvirt brings the definition back, disks included
 * @throws ProtiumError `state-conflict`
 */
export function requireNothingRegained(
  snapshot: XmlElement,
  definition: XmlElement,
  { internal }: { readonly internal: boolean },
): void {
  const now = new Set(privileged(definition, internal).map(({ form }) => form));
  const regained = privileged(snapshot, internal).filter(({ form }) => !now.has(form));
  if (regained.length === 0) return;
  const names = [...new Set(regained.map(({ name }) => name))];
  throw new ProtiumError(
    'state-conflict',
    `The snapshot has what the VM has no more: ${names.join(', ')}. An administrator can give it back first (virsh edit).`,
    { details: { regained: names } },
  );
}

interface Privileged {
  readonly name: string;
  readonly form: string;
}

function privileged(domain: XmlElement, withDisks: boolean): readonly Privileged[] {
  const raw = children(domain).filter(({ name }) => name.includes(':'));
  const devices = find(domain, 'devices');
  const all = devices === null ? [] : children(devices);
  const found = [
    ...raw,
    ...['loader', 'kernel', 'initrd', 'cmdline', 'dtb'].flatMap((name) => path(domain, 'os', name)),
    ...all.filter(({ name }) => ['emulator', 'filesystem', 'shmem', 'vsock'].includes(name)),
  ];
  const sources = withDisks
    ? all
        .filter((each) => each.name === 'disk' && attribute(each, 'device') !== 'cdrom')
        .flatMap((disk) => path(disk, 'source'))
    : [];
  return [
    ...found.map((each) => ({ name: each.name, form: canonicalForm(each) })),
    ...sources.map((each) => ({ name: 'a disk elsewhere', form: sourceOf(each) })),
  ];
}

function sourceOf(source: XmlElement): string {
  const kept = ['file', 'dev', 'dir', 'pool', 'volume', 'name'];
  return `disk ${source.attributes
    .filter(({ name }) => kept.includes(name))
    .map(({ name, value }) => `${name}=${value}`)
    .sort()
    .join(' ')}`;
}
