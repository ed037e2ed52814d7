import type { SourceFile } from '../../analysis.ts';
import { depthOf, linesOf, placeOfLine } from '../lines.ts';
import type { ManifestContents, RuntimeRequirement } from './dependency.ts';

const versions = [
  /<(?:java\.version|maven\.compiler\.(?:release|source|target)|release|jdk\.version|java\.source\.version)>\s*(?:1\.)?(\d+)\s*</,
  /JavaLanguageVersion\.of\(\s*(\d+)\s*\)/,
  /jvmToolchain\(\s*(\d+)\s*\)/,
  /(?:source|target)Compatibility\s*=?\s*(?:JavaVersion\.VERSION_)?["']?(?:1[._])?(\d+)/,
];

/** pom.xml, build.gradle, build.gradle.kts: the Java that it is built with. */
export function readJavaBuild(file: SourceFile): ManifestContents {
  const runtimes: RuntimeRequirement[] = [];
  linesOf(file.text).forEach((text, index) => {
    for (const pattern of versions) {
      const version = pattern.exec(text)?.[1];
      if (version !== undefined && Number(version) >= 5)
        runtimes.push({
          name: 'java',
          version: `>=${version}`,
          depth: depthOf(file.path),
          confidence: 0.95,
          place: placeOfLine(file, index + 1),
        });
    }
  });
  return { dependencies: [], runtimes, problems: [] };
}
