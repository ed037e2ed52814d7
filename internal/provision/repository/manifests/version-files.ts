import type { SourceFile } from '../../analysis.ts';
import { baseName, depthOf, linesOf, placeOfLine } from '../lines.ts';
import type { ManifestContents } from './dependency.ts';

/** Files that are one version, or lines with one: the name of the runtime, the pattern, how sure. */
const patterns: Readonly<
  Record<string, readonly (readonly [runtime: string, pattern: RegExp, confidence: number])[]>
> = {
  '.python-version': [['python', /^(\d+(?:\.\d+)*)$/, 0.7]],
  '.nvmrc': [['node', /^v?(\d+(?:\.\d+)*)$/, 0.7]],
  '.node-version': [['node', /^v?(\d+(?:\.\d+)*)$/, 0.7]],
  '.ruby-version': [['ruby', /^(?:ruby-)?(\d+(?:\.\d+)*)$/, 0.9]],
  '.java-version': [['java', /^(?:1\.)?(\d+(?:\.\d+)*)$/, 0.7]],
  '.go-version': [['go', /^(\d+(?:\.\d+)*)$/, 0.7]],
  'rust-toolchain': [['rust', /^(\d+\.\d+(?:\.\d+)?)$/, 0.9]],
  'rust-toolchain.toml': [['rust', /^\s*channel\s*=\s*"(\d+\.\d+(?:\.\d+)?)"/, 0.9]],
  '.tool-versions': [
    ['python', /^python\s+(\d+(?:\.\d+)*)/, 0.8],
    ['node', /^nodejs\s+(\d+(?:\.\d+)*)/, 0.8],
    ['go', /^golang\s+(\d+(?:\.\d+)*)/, 0.8],
    ['ruby', /^ruby\s+(\d+(?:\.\d+)*)/, 0.8],
    ['rust', /^rust\s+(\d+(?:\.\d+)*)/, 0.8],
    ['elixir', /^elixir\s+(\d+(?:\.\d+)*)/, 0.8],
  ],
  gemfile: [['ruby', /^\s*ruby\s+["']([^"']+)["']/, 1]],
  'composer.json': [['php', /^\s*"php"\s*:\s*"([^"]+)"/, 1]],
  'mix.exs': [['elixir', /^\s*elixir:\s*"([^"]+)"/, 1]],
  'global.json': [['dotnet', /^\s*"version"\s*:\s*"(\d+[^"]*)"/, 0.9]],
  'pubspec.yaml': [['dart', /^\s+sdk:\s*['"]?([^'"#]+?)['"]?\s*$/, 0.9]],
  'package.swift': [['swift', /^\/\/\s*swift-tools-version:\s*(\d+(?:\.\d+)*)/, 1]],
};

export function isVersionFile(path: string): boolean {
  return Object.hasOwn(patterns, baseName(path).toLowerCase());
}

export function readVersionFile(file: SourceFile): ManifestContents {
  const runtimes = (patterns[baseName(file.path).toLowerCase()] ?? []).flatMap(
    ([name, pattern, confidence]) => {
      const lines = linesOf(file.text);
      const index = lines.findIndex((text) => pattern.test(text.trimEnd()));
      const version = pattern.exec((lines[index] ?? '').trimEnd())?.[1];
      if (version === undefined) return [];
      return [{ name, version, depth: depthOf(file.path), confidence, place: placeOfLine(file, index + 1) }];
    },
  );
  return { dependencies: [], runtimes, problems: [] };
}
