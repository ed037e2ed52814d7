import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyzeRepository } from '../../internal/provision/repository/analyze-repository.ts';
import { grade, type Expected, type Grade } from '../unit/provision/repository/grade.ts';

/** Prints how well the repositories of a directory are understood; each has an expected.json. */
export async function gradeRepositories(directory: string): Promise<void> {
  const grades: Grade[] = [];
  for (const entry of readdirSync(directory, { withFileTypes: true }).filter((each) => each.isDirectory())) {
    const root = join(directory, entry.name);
    const expected = JSON.parse(readFileSync(join(root, 'expected.json'), 'utf8')) as Expected;
    const analysis = await analyzeRepository(root);
    const given = grade(
      analysis,
      expected,
      (file, line) => readFileSync(join(root, file), 'utf8').split(/\r\n|\n|\r/)[line - 1] ?? '',
    );
    grades.push(given);
    const { gpu, cuda, ram_gb, disk_gb, cpu_cores } = analysis.facts;
    const marks = [
      given.verdict ? 'ok  ' : `GPU ${gpu.need.value} for ${expected.gpu.need}`,
      given.cudaNeeded ? '' : `cuda.needed ${String(cuda.needed.value)}`,
      given.memory ? '' : `memory ${String(ram_gb?.value)} not in ${expected.ram_gb.ok.join('-')}`,
      given.disk ? '' : `disk ${String(disk_gb?.value)} not in ${expected.disk_gb.ok.join('-')}`,
      given.cores ? '' : `cores ${String(cpu_cores?.value)} not in ${expected.cpu_cores.ok.join('-')}`,
      ...given.wrong.map((text) => `wrong: ${text}`),
      ...given.invented.map((text) => `invented: ${text}`),
      ...given.unproven.map((text) => `unproven: ${text}`),
    ];
    console.log(`${entry.name.padEnd(36)} ${marks.filter((mark) => mark !== '').join('; ')}`);
  }

  const share = (count: number, of: number): string =>
    `${count}/${of} (${of === 0 ? 100 : Math.round((count / of) * 1000) / 10} %)`;
  const counted = (test: (grade: Grade) => boolean): string =>
    share(grades.filter(test).length, grades.length);
  const stated = grades.reduce((sum, each) => sum + each.stated, 0);
  const wrong = grades.reduce((sum, { wrong: list }) => sum + list.length, 0);
  console.log(`
GPU verdict        ${counted(({ verdict }) => verdict)}
CUDA needed        ${counted(({ cudaNeeded }) => cudaNeeded)}
Stated facts exact ${share(stated - wrong, stated)}
Values invented    ${grades.reduce((sum, { invented }) => sum + invented.length, 0)}
Memory within      ${counted(({ memory }) => memory)}
Disk within        ${counted(({ disk }) => disk)}
Cores within       ${counted(({ cores }) => cores)}
Evidence that does not stand there: ${grades.reduce((sum, { unproven }) => sum + unproven.length, 0)}`);
}
