import { stringify } from 'yaml';
import { z } from 'zod';
import { line, readYaml } from './read-yaml.ts';

/** AIVC's host_deploy.yaml: where things are on its host, and which images may be booked. */
export interface HostDeploy {
  readonly workDirectory: string;
  readonly datasetDirectory: string;
  readonly backupDirectory: string;
  /** repository:tag; the first is what is taken when none is named. */
  readonly images: readonly string[];
}

const folder = line.regex(/^\//, 'an absolute path');

const schema = z.object({
  volume_work_dir: folder,
  volume_dataset_dir: folder,
  volume_backup_dir: folder,
  users_config_yaml: line.optional(),
  capability_config_yaml: line.optional(),
  images: z.array(line.min(1)).max(1000).nullish(),
});

/** @throws ProtiumError `argument-invalid` */
export function readHostDeploy(text: string, file = 'host_deploy.yaml'): HostDeploy {
  const read = readYaml(text, file, schema);
  return {
    workDirectory: read.volume_work_dir,
    datasetDirectory: read.volume_dataset_dir,
    backupDirectory: read.volume_backup_dir,
    images: [...new Set(read.images ?? [])],
  };
}

/** The same as a file of AIVC's. */
export function writeHostDeploy(host: HostDeploy): string {
  return stringify({
    volume_work_dir: host.workDirectory,
    volume_dataset_dir: host.datasetDirectory,
    volume_backup_dir: host.backupDirectory,
    users_config_yaml: 'cfg/users_config.yaml',
    capability_config_yaml: 'cfg/capability_config.yaml',
    images: host.images,
  });
}
