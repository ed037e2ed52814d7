import { execa } from 'execa';
import { z } from 'zod';

/**
 * `npm run audit:dependencies`: asks the registry for known advisories of what package-lock.json names. Fails at high and critical
 * ones. A registry without audits (a mirror, or none) is told plainly and is no failure: then nothing is known.
 */
const serious: readonly string[] = ['high', 'critical'];

const reportSchema = z.object({
  auditReportVersion: z.number(),
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.string(),
      range: z.string(),
      via: z.array(z.union([z.string(), z.looseObject({ url: z.string().optional() })])),
    }),
  ),
});

const { stdout } = await execa('npm', ['audit', '--json'], {
  reject: false,
  stdin: 'ignore',
  timeout: 120_000,
});
const report = reportSchema.safeParse(parsed(stdout));
if (!report.success) {
  console.log(
    `The registry has no audit: whether advisories are known for these dependencies is NOT known.\n${stdout.slice(0, 300)}`,
  );
  process.exit(0);
}
const found = Object.entries(report.data.vulnerabilities);
const bad = found.filter(([, { severity }]) => serious.includes(severity));
for (const [name, { severity, range, via }] of found) {
  const urls = via.flatMap((each) => (typeof each === 'string' ? [] : (each.url ?? [])));
  console.log(`${severity}: ${name} ${range} ${urls.join(' ')}`);
}
console.log(`${found.length} packages with advisories, ${bad.length} of them high or critical`);
process.exit(bad.length > 0 ? 1 : 0);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
