import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { dateTimeFormat } from '../i18n/formatters.ts';
import classes from './time-chart.module.css';

export interface ChartLine {
  label: string;
  /** One for each time; null leaves a gap. */
  values: readonly (number | null)[];
}

export interface TimeChartProps {
  title: string;
  /** Milliseconds since 1970, growing. */
  times: readonly number[];
  /** The first is filled; two at most. */
  lines: readonly ChartLine[];
  /** What the axis reaches at least. */
  atLeast: number;
  /** Drawn across, such as what there is of it in all. */
  limit?: number;
  /** From and to, milliseconds since 1970. */
  range: readonly [number, number];
  format: (value: number) => string;
  /** The axis goes by powers of two. */
  areBytes?: boolean;
}

const HEIGHT = 152;
const POWERS_OF_TWO = Array.from({ length: 51 }, (_, power) => 2 ** power);
const COLOURS = ['--accent-text', '--busy'] as const;
/** Of one look at it and those before and after: it takes so many pixels to be told from the next tick. */
const TICK_SPACE = { x: 72, y: 32 };

/** Lines over time; under the pointer each says its value there, else its last one. */
export function TimeChart({ title, times, lines, atLeast, limit, range, format, areBytes = false }: TimeChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const colorScheme = useComputedColorScheme();
  const data = [times.map((time) => time / 1000), ...lines.map(({ values }) => values)] as uPlot.AlignedData;
  const latest = useRef({ data, range, atLeast, limit, format });
  latest.current = { data, range, atLeast, limit, format };

  const count = lines.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours of the other scheme need another chart
  useEffect(() => {
    const place = box.current;
    if (!place) return;
    const made = new uPlot(optionsOf(place, { count, areBytes }, latest, setHovered), latest.current.data, place);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height: HEIGHT }));
    observer.observe(place);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [count, areBytes, colorScheme]);
  useEffect(() => chart.current?.setData(latest.current.data));

  const at = hovered ?? times.length - 1;
  const time = times[at];
  const textOf = ({ values }: ChartLine) => (typeof values[at] === 'number' ? format(values[at]) : '–');
  return (
    <figure
      className={classes.chart}
      aria-label={`${title}: ${lines.map((line) => `${line.label} ${textOf(line)}`).join(', ')}`}
    >
      <figcaption className={classes.caption}>
        <h2>{title}</h2>
        <span className="numeric muted">{hovered !== null && time !== undefined && formatTime(time)}</span>
        <span className={classes.values}>
          {lines.map((line, index) => (
            <span key={line.label} className={classes.value}>
              <span className={classes.mark} style={{ background: `var(${COLOURS[index]})` }} aria-hidden="true" />
              {line.label} <span className="numeric">{textOf(line)}</span>
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={box} className={classes.plot} aria-hidden="true" />
    </figure>
  );
}

function formatTime(time: number): string {
  return dateTimeFormat({ timeStyle: 'medium', hourCycle: 'h23' }).format(time);
}

type Latest = { readonly current: Pick<TimeChartProps, 'range' | 'atLeast' | 'limit' | 'format'> };

function optionsOf(
  place: HTMLElement,
  { count, areBytes }: { count: number; areBytes: boolean },
  latest: Latest,
  onHover: (index: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const line = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: colour('--text-muted'), font: `12px ${style.fontFamily}`, grid: line, ticks: { show: false } };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: () => latest.current.range.map((time) => time / 1000) as [number, number] },
      y: {
        range: (_chart, _min, max) => [
          0,
          Math.max(latest.current.atLeast, latest.current.limit ?? 0, (max ?? 0) * 1.1),
        ],
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 24,
        space: TICK_SPACE.x,
        values: (_chart, splits) =>
          splits.map((split) => dateTimeFormat({ timeStyle: 'short', hourCycle: 'h23' }).format(split * 1000)),
      },
      {
        ...axis,
        size: 80,
        ...(areBytes && { incrs: POWERS_OF_TWO }),
        space: TICK_SPACE.y,
        values: (_chart, splits) => splits.map((split) => latest.current.format(split)),
      },
    ],
    series: [
      {},
      ...COLOURS.slice(0, count).map((name, index) => ({
        stroke: colour(name),
        width: 1.5,
        points: { show: false },
        ...(index === 0 && { fill: `color-mix(in srgb, ${colour(name)} 12%, transparent)` }),
      })),
    ],
    hooks: {
      setCursor: [({ cursor: { idx } }) => onHover(idx ?? null)],
      draw: [(chart) => drawLimit(chart, latest.current.limit, colour('--line-strong'))],
    },
  };
}

function drawLimit(chart: uPlot, limit: number | undefined, stroke: string): void {
  if (limit === undefined) return;
  const { ctx, bbox } = chart;
  const y = Math.round(chart.valToPos(limit, 'y', true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
