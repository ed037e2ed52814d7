/** Memory as people say it: 512 MiB, 2 GiB. */
export function formatMib(mib: bigint): string {
  return mib >= 1024n && mib % 1024n === 0n ? `${mib / 1024n} GiB` : `${mib} MiB`;
}

const byteUnits = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** Sizes of disks, decimal as configs say them (`size_gb`). */
export function formatBytes(bytes: bigint): string {
  let amount = Number(bytes);
  let shown = `${bytes} B`;
  for (const unit of byteUnits) {
    if (amount < 1000) break;
    amount /= 1000;
    shown = `${Number(amount.toFixed(1))} ${unit}`;
  }
  return shown;
}

/** In local time, to the second; empty when there is none. */
export function formatTime(time: Date | undefined): string {
  if (time === undefined) return '';
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

export function formatFlag(value: boolean): string {
  return value ? 'yes' : 'no';
}
