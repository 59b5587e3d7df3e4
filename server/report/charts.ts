/**
 * The charts as SVG texts. A bundle of its own, which is loaded when a report is made: the library is large. Colours are
 * variables of the page, so that one drawing is right in light, dark and print.
 */
import { CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Chart } from "./document.ts";
import type { Group } from "./report.ts";
import { GROUP_WORDS } from "./sections.ts";
import type { Interval } from "./statistics.ts";

use([CustomChart, LineChart, ScatterChart, GridComponent, LegendComponent, SVGRenderer]);

const WIDTH = 900;
const ROW_HEIGHT = 44;
const TREND_HEIGHT = 300;
const FONT = { color: "var(--ink)", fontSize: 13, fontFamily: "inherit" };
const LINE = { lineStyle: { color: "var(--line)" } };

const LOOKS: readonly (readonly [Group, string, string, number])[] = [
  ["declaredAi", "var(--ai)", "diamond", -8],
  ["undeclared", "var(--rest)", "circle", 8],
];

export function drawChart(chart: Chart): string {
  return chart.kind === "rates" ? drawRates(chart) : drawTrend(chart);
}

type Of<K extends Chart["kind"]> = Extract<Chart, { kind: K }>;

function drawRates({ rows }: Of<"rates">): string {
  const series = LOOKS.flatMap(([group, color, symbol, shift]) => {
    const data = rows.flatMap(({ rates }, row) => {
      const rate = rates[group];
      return rate === undefined ? [] : [[rate.value, row, rate.low, rate.high]];
    });
    return [
      whiskers(data, color, shift),
      {
        type: "scatter",
        name: GROUP_WORDS[group],
        data,
        symbol,
        symbolSize: 11,
        symbolOffset: [0, shift],
        itemStyle: { color },
      },
    ];
  });
  return draw(ROW_HEIGHT * rows.length + 90, {
    legend: {
      top: 0,
      left: 0,
      itemGap: 36,
      textStyle: FONT,
      data: LOOKS.map(([group, color]) => ({ name: GROUP_WORDS[group], itemStyle: { color } })),
    },
    grid: { left: 170, right: 30, top: 36, bottom: 46 },
    xAxis: { ...axis("findings per 1,000 lines"), type: "value", min: 0 },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map(({ label }) => label),
      axisLabel: { ...FONT, width: 155, overflow: "break" },
      axisLine: LINE,
      axisTick: { show: false },
    },
    series,
  });
}

/** The interval of each value, as a line with ends. */
function whiskers(data: readonly (readonly number[])[], color: string, shift: number): object {
  return {
    type: "custom",
    silent: true,
    data,
    encode: { x: [0, 2, 3], y: 1 },
    renderItem: (_: unknown, api: { value(i: number): number; coord(at: number[]): number[] }) => {
      const row = api.value(1);
      const [left, y] = api.coord([api.value(2), row]) as [number, number];
      const [right] = api.coord([api.value(3), row]) as [number, number];
      const at = y + shift;
      return {
        type: "group",
        children: [
          bar(left, at, right, at, color),
          bar(left, at - 4, left, at + 4, color),
          bar(right, at - 4, right, at + 4, color),
        ],
      };
    },
  };
}

function bar(x1: number, y1: number, x2: number, y2: number, stroke: string): object {
  return { type: "line", shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth: 1.5 } };
}

function drawTrend({ points }: Of<"trend">): string {
  const data = points.map(({ value }) => value);
  const ends = (one: Interval, row: number): number[] => [row, one.low, one.high];
  return draw(TREND_HEIGHT, {
    grid: { left: 64, right: 30, top: 24, bottom: 56 },
    xAxis: {
      type: "category",
      data: points.map(({ time }) => time.slice(0, 10)),
      axisLabel: { ...FONT, hideOverlap: true },
      axisLine: LINE,
      axisTick: { show: false },
    },
    yAxis: { ...axis("findings per 1,000 lines"), type: "value", min: 0, nameGap: 44 },
    series: [
      {
        type: "custom",
        silent: true,
        data: points.map(ends),
        encode: { x: 0, y: [1, 2] },
        renderItem: (
          _: unknown,
          api: { value(i: number): number; coord(at: number[]): number[] },
        ) => {
          const row = api.value(0);
          const [x, low] = api.coord([row, api.value(1)]) as [number, number];
          const [, high] = api.coord([row, api.value(2)]) as [number, number];
          return {
            type: "group",
            children: [
              bar(x, low, x, high, "var(--dim)"),
              bar(x - 4, low, x + 4, low, "var(--dim)"),
              bar(x - 4, high, x + 4, high, "var(--dim)"),
            ],
          };
        },
      },
      {
        type: "line",
        data,
        symbol: "circle",
        symbolSize: 8,
        lineStyle: { color: "var(--rest)", width: 2 },
        itemStyle: { color: "var(--rest)" },
      },
    ],
  });
}

function axis(name: string): object {
  return {
    name,
    nameLocation: "middle",
    nameGap: 28,
    nameTextStyle: { ...FONT, color: "var(--dim)" },
    axisLabel: FONT,
    axisLine: LINE,
    splitLine: LINE,
  };
}

function draw(height: number, option: object): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  try {
    chart.setOption({ animation: false, ...option });
    return bare(chart.renderToSVGString({ useViewBox: true }));
  } finally {
    // It holds timers: without this the process does not end.
    chart.dispose();
  }
}

/** Without what only a mouse sees. */
function bare(svg: string): string {
  return svg
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, "")
    .replace(/ (?:ecmeta_\w+|class|pointer-events)="[^"]*"/g, "")
    .replace(/^<svg /, '<svg aria-hidden="true" ');
}
