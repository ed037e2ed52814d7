/** What a daemon writes as it starts, beside what it recovers. */
export interface StartScenario {
  readonly title: string;
  readonly drives: readonly string[];
  /** Labels of its writes. */
  readonly driving: RegExp;
  /** There is no state directory yet. */
  readonly fresh?: true;
  /** What is in the database. */
  readonly sql?: string;
}

const over = 1_600_000_000_000;
const device = '0000:01:00.0';

export const starts: readonly StartScenario[] = [
  {
    title: 'the first start',
    drives: ['migration', 'user', 'api_token'],
    driving: /migration|api_token/,
    fresh: true,
  },
  {
    title: 'a lease that was over long ago',
    drives: ['lease', 'lease_device_hours'],
    driving: /lease/,
    sql: `DELETE FROM lease_device_hours;
      INSERT INTO lease (id, owner, name, starts_at, ends_at, demand, state, end_action, grace_ms, warn_before, devices,
        created_at, version) VALUES ('old', '${'f'.repeat(32)}', 'old', ${over - 7_200_000}, ${over}, '{}', 'ended', 'stop', 0,
        '[]', '["${device}"]', ${over - 7_200_000}, 1)`,
  },
];
