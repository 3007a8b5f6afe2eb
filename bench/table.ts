export interface Line {
  what: string;
  here: string;
  goal: string;
  met: boolean;
  /** The absolute numbers, which hold for this machine only. */
  from: string;
}

export function printTable(lines: Line[]): void {
  const rows = [
    ['', 'here', 'goal', 'met', 'from'],
    ...lines.map(({ what, here, goal, met, from }) => [what, here, goal, met ? 'yes' : 'no', from]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('   ')
        .trimEnd(),
    );
}

/** The smallest number that a `share` of the numbers does not exceed. */
export function quantile(numbers: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(numbers).toSorted();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

export const median = (numbers: number[]): number => quantile(numbers, 0.5);

export const thousands = (number: number): string => Math.round(number).toLocaleString('en-US');
