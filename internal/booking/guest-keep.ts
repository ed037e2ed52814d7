import { writeBackupList, type KeptPath } from './formats/backup-list.ts';

/** What AIVC keeps of a machine where nothing else is said. */
const usuallyKept: readonly KeptPath[] = [
  ...(['.pyenv', '.virtualenvs', '.oh-my-zsh', '.vscode-server', '.ssh'] as const).map((name) => ({
    kind: 'directory' as const,
    kept: name,
    guest: `/root/${name}`,
  })),
  { kind: 'directory', kept: 'ssh', guest: '/etc/ssh' },
  ...(['.zshrc', '.zsh_history', '.p10k.zsh', '.gitacc'] as const).map((name) => ({
    kind: 'file' as const,
    kept: name,
    guest: `/root/${name}`,
  })),
];

/**
 * In the guest: `restore` lays what is in Backup over the places that backup.yaml names, so that what changes there is kept at
 * once; `save` copies what is not in Backup yet, at the end. cloud-init brings Python and PyYAML with it.
 */
export const keepScript = `#!/usr/bin/python3
import os, shutil, subprocess, sys
import yaml

root = sys.argv[2] if len(sys.argv) > 2 else "/"
backup = os.path.join(root, "root/Backup")
listed = os.path.join(backup, "backup.yaml")


def pairs():
    with open(listed) as file:
        said = yaml.safe_load(file) or {}
    for kind in ("Dir", "File"):
        for kept, place in said.get(kind) or []:
            if kept.startswith("/") or ".." in kept.split("/") or not place.startswith("/"):
                print("backup.yaml: left out:", kept, place, file=sys.stderr)
                continue
            yield kind, os.path.join(backup, kept), os.path.join(root, place.lstrip("/"))


def restore():
    if not os.path.exists(listed):
        shutil.copy(os.path.join(root, "etc/booking-keep.yaml"), listed)
    for kind, kept, place in pairs():
        if not os.path.exists(kept) or os.path.ismount(place):
            continue
        os.makedirs(place if kind == "Dir" else os.path.dirname(place), exist_ok=True)
        if kind == "File" and not os.path.exists(place):
            open(place, "a").close()
        subprocess.run(["mount", "--bind", kept, place], check=True)


def save():
    for kind, kept, place in pairs():
        if os.path.exists(kept) or not os.path.exists(place):
            continue
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        subprocess.run(["cp", "-a", place, kept], check=True)


if not os.path.ismount(backup) and root == "/":
    sys.exit("/root/Backup is not mounted: nothing is kept")
{"restore": restore, "save": save}[sys.argv[1]]()
`;

const scriptPath = '/usr/local/sbin/booking-keep';

const unit = `[Unit]
Description=What is kept from booking to booking
RequiresMountsFor=/root/Backup
Before=ssh.service sshd.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${scriptPath} restore
ExecStop=${scriptPath} save

[Install]
WantedBy=multi-user.target
`;

/**
 * cloud-init's write_files: they are there before disks are mounted.
 *
 * @param kept what the user's list begins with; null: what AIVC usually keeps
 */
export const keepFiles = (kept: readonly KeptPath[] | null): readonly object[] => [
  { path: '/etc/booking-keep.yaml', content: writeBackupList(kept ?? usuallyKept) },
  { path: scriptPath, content: keepScript, permissions: '0755' },
  { path: '/etc/systemd/system/booking-keep.service', content: unit },
];

/** cloud-init's runcmd. */
export const keepCommands: readonly (readonly string[])[] = [
  ['systemctl', 'daemon-reload'],
  ['systemctl', 'enable', '--now', 'booking-keep.service'],
];
