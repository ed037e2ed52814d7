/** VMs that share cores with at most `sharing` - 1 others each. */
export interface SharingKind {
  readonly sharing: number;
  /** On how many cores each is, all different: how many VMs are on so many. */
  readonly sizes: ReadonlyMap<number, number>;
}

/** More work than this is not worth an answer: what is asked for is counted a little higher then. */
const mostWork = 1_000_000;

/**
 * The fewest cores on which all of them can be, where a core bears as many VMs as the strictest of those on it allows. Pure.
 *
 * Each core gets the strictest sharing that may be on it. VMs fit onto cores so marked if and only if every choice of them
 * fits (max flow, min cut); of each kind only the largest few, or all, need to be looked at. Exact for up to three kinds on any
 * host. For more of them on a large host, those that are nearest to each other count as the stricter: never too few.
 *
 * @param kinds of different sharing, all above 1
 * @param from it is at least so much
 * @param to so many are enough: kinds that share nothing with each other take no more
 */
export function fewestCores(kinds: readonly SharingKind[], from: number, to: number): number {
  let sorted = [...kinds].sort((a, b) => a.sharing - b.sharing);
  while (workOf(sorted, to) > mostWork) sorted = withoutNearest(sorted);
  const needs = needsOf(sorted);
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(sorted.length, middle, needs)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Cores of each mark, times how many of the chosen VMs each may bear, must make up for what these need. */
interface Need {
  readonly bears: readonly number[];
  readonly cores: number;
}

function needsOf(kinds: readonly SharingKind[]): readonly Need[] {
  const needs = new Map<string, Need>();
  const sharings = kinds.map(({ sharing }) => sharing);
  const sums = kinds.map(largestSums);
  const choose = (kind: number, chosen: readonly number[], cores: number): void => {
    const sumsOfKind = sums[kind];
    if (sumsOfKind === undefined) {
      const bears = sharings.map((sharing, mark) =>
        Math.min(
          sharing,
          chosen.slice(mark).reduce((sum, count) => sum + count, 0),
        ),
      );
      const key = bears.join();
      if (cores > (needs.get(key)?.cores ?? 0)) needs.set(key, { bears, cores });
      return;
    }
    for (const [count, sum] of sumsOfKind.entries()) choose(kind + 1, [...chosen, count], cores + sum);
  };
  choose(0, [], 0);
  return [...needs.values()];
}

/** How many cores the largest one, two … are on; at the place `sharing` all of them: a core bears no more of the kind. */
function largestSums({ sharing, sizes }: SharingKind): readonly number[] {
  const largest: number[] = [];
  let all = 0;
  for (const [size, count] of [...sizes].sort(([a], [b]) => b - a)) {
    all += size * count;
    for (let left = count; left > 0 && largest.length < sharing; left -= 1) largest.push(size);
  }
  const sums = [0];
  for (const size of largest) sums.push((sums.at(-1) ?? 0) + size);
  if (largest.length === sharing) sums[sharing] = all;
  return sums;
}

/** Whether so many cores can be marked so that every need is met. */
function fits(marks: number, cores: number, needs: readonly Need[]): boolean {
  const marked = Array.from({ length: marks }, () => 0);
  const place = (mark: number, left: number): boolean => {
    if (mark < marks - 2) {
      for (let count = 0; count <= left; count += 1) {
        marked[mark] = count;
        if (place(mark + 1, left - count)) return true;
      }
      return false;
    }
    return lastTwo(mark, left, marked, needs);
  };
  return place(0, cores);
}

/** Of `left` cores x get the mark and the rest the next one: each need is a bound of x. */
function lastTwo(mark: number, left: number, marked: readonly number[], needs: readonly Need[]): boolean {
  let [least, most] = [0, left];
  for (const { bears, cores } of needs) {
    let open = cores;
    for (let before = 0; before < mark; before += 1) open -= (marked[before] ?? 0) * (bears[before] ?? 0);
    const next = bears[mark + 1] ?? 0;
    const gain = (bears[mark] ?? 0) - next;
    open -= next * left;
    if (gain > 0) least = Math.max(least, Math.ceil(open / gain));
    else if (gain < 0) most = Math.min(most, Math.floor(open / gain));
    else if (open > 0) return false;
    if (least > most) return false;
  }
  return true;
}

function workOf(kinds: readonly SharingKind[], cores: number): number {
  const needs = kinds.reduce((product, { sharing }) => product * (sharing + 1), 1);
  return needs * (cores + 1) ** Math.max(0, kinds.length - 2);
}

/** The two whose sharing differs the least are one kind: the stricter. */
function withoutNearest(kinds: readonly SharingKind[]): SharingKind[] {
  let nearest = 1;
  const gap = (place: number): number => (kinds[place]?.sharing ?? 0) - (kinds[place - 1]?.sharing ?? 0);
  for (let place = 2; place < kinds.length; place += 1) if (gap(place) < gap(nearest)) nearest = place;
  return kinds.flatMap((kind, place) => {
    if (place === nearest) return [];
    const laxer = kinds[place + 1];
    if (place !== nearest - 1 || laxer === undefined) return [kind];
    const sizes = new Map(kind.sizes);
    for (const [size, count] of laxer.sizes) sizes.set(size, (sizes.get(size) ?? 0) + count);
    return [{ sharing: kind.sharing, sizes }];
  });
}
