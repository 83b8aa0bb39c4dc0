/** One line of a benchmark's output that `npm run bench` sets into its table. */
export interface Figure {
  figure: string;
  value: number;
  unit: string;
  /** What did the same work in the same run, and how it fared, in the same unit. */
  peer?: string;
  peerValue?: number;
  /** What DESIGN.md asks for, in words. */
  aim?: string;
}

export function report(figure: Figure): void {
  console.log(JSON.stringify(figure));
}
