import { Option, type Command } from 'commander';
import { configFormats, type ConfigFormat } from './parse-config.ts';

/** What addFileOptions gives. */
export interface FileOptions {
  readonly file: string;
  readonly format?: ConfigFormat;
}

/** Where the config is read from. */
export function fileOption(): Option {
  return new Option('-f, --file <file>', 'a config in JSON, YAML or TOML; -: from stdin');
}

/** For files whose name does not tell. */
export function formatOption(): Option {
  return new Option(
    '--format <format>',
    "the file's format, where its name does not tell; else JSON if it begins with {, else YAML",
  ).choices(configFormats);
}

export function addFileOptions(command: Command): Command {
  return command.addOption(fileOption().makeOptionMandatory()).addOption(formatOption());
}
