// Draws each server-made chart again on a canvas that answers the pointer. The SVG below it stays: it
// is what is printed, and what is seen until, or without, this file.

const source = document.querySelector("script[data-library]").dataset.library;
const HOUR = 3600e3;
const language = document.documentElement.lang === "en" ? "en-GB" : "tr";
let library;

function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

// A token may hold light-dark(), so the browser is asked for the colour that it makes of it.
const probe = document.createElement("span");
probe.hidden = true;
probe.style.forcedColorAdjust = "none";
// Outside the body, which going back replaces.
document.documentElement.append(probe);
function color(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}
function faded(name, alpha) {
  const [red, green, blue] = color(name).match(/[\d.]+/g);
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}
const inks = { actual: "avail", settled: "ink", echo: "ink-3" };
const ink = (css) => inks[css] ?? css;

const number = (value, places, sign = false) =>
  new Intl.NumberFormat(language, {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
    useGrouping: "always",
    signDisplay: sign ? "exceptZero" : "auto",
  }).format(value).replace("-", "\u2212");
const clock = (ms) => new Date(ms).toISOString().slice(11, 16);
const day = (ms) =>
  new Intl.DateTimeFormat(language, { day: "numeric", month: "short", weekday: "short", timeZone: "UTC" }).format(ms);

function hatch(mark, falls) {
  const size = 8;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 2 * size;
  const pen = tile.getContext("2d");
  pen.scale(2, 2);
  pen.fillStyle = faded(mark, 0.08);
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = faded(mark, 0.55);
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, falls ? 0 : size);
    pen.lineTo(shift + size, falls ? size : 0);
  }
  pen.stroke();
  return { image: tile, repeat: "repeat", scaleX: 0.5, scaleY: 0.5 };
}
const hatches = () => ({ failure: hatch("fail-mark", false), maintenance: hatch("maint-mark", true) });

const text = (more) => ({ fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 11, color: color("ink-3"), ...more });
const marks = (data) => ({ silent: true, symbol: "none", animation: false, data });

// An hour holds its value from its start to its end, so the last one is closed.
function steps(chart, values) {
  const points = values.map((value, n) => [chart.start + n * HOUR, value]);
  return [...points, [chart.start + values.length * HOUR, values.at(-1)]];
}

function line(chart, series, more) {
  const hue = ink(series.css);
  const dashes = { echo: [4, 3], settled: [1, 4] }[series.css] ?? "solid";
  const width = { plan: 1.25, echo: 1.25, settled: 1.25 }[series.css] ?? 2;
  return {
    name: series.name, type: "line", step: "end", symbol: "none", animation: false, emphasis: { disabled: true },
    color: color(hue), data: steps(chart, series.values), ...more,
    ...(chart.stacked
      ? { stack: "all", lineStyle: { width: 1, color: color("surface") }, areaStyle: { color: color(hue), opacity: 1 } }
      : { lineStyle: { width, type: dashes, color: color(hue) }, areaStyle: series.filled ? { color: faded(hue, 0.1) } : undefined }),
  };
}

function band(from, until, fill, label) {
  return [
    { xAxis: from, itemStyle: { color: fill }, label: { show: Boolean(label), formatter: label, position: "insideTopRight", distance: 4, ...text({ color: color("ink"), fontWeight: 600 }), backgroundColor: faded("surface", 0.85), padding: [2, 4], borderRadius: 2 } },
    { xAxis: until },
  ];
}

function nowLine(chart, label) {
  if (chart.now === null) return [];
  const share = (chart.now - chart.start) / (chart.hours * HOUR);
  // Near an edge the words stand towards the middle, as in the drawing without a script.
  const align = share < 0.13 ? "left" : share > 0.87 ? "right" : "center";
  const words = { show: label, formatter: chart.words.now, position: "end", align, ...text({ color: color("surface"), fontWeight: 600 }), backgroundColor: color("ink"), padding: [3, 6], borderRadius: 3 };
  return [{ xAxis: chart.now, lineStyle: { color: color("ink"), width: 1, type: "solid" }, label: words }];
}

function capLines(chart) {
  return chart.caps.map(([from, until, price, label, atStart]) => [
    { coord: [from, price], lineStyle: { color: color("ink-3"), width: 1, type: [4, 4] }, label: { formatter: label, position: atStart ? "insideStartTop" : "insideEndTop", ...text({ color: color("ink-2") }) } },
    { coord: [until, price] },
  ]);
}

function tooltip(chart) {
  return {
    trigger: "axis", renderMode: "richText", confine: true, backgroundColor: color("surface"), borderColor: color("line-strong"), borderWidth: 1, padding: [8, 10],
    textStyle: text({ color: color("ink"), fontSize: 12, lineHeight: 18, rich: { h: { fontWeight: 600, fontSize: 12, lineHeight: 20, color: color("ink") } } }),
    axisPointer: { type: "line", lineStyle: { color: color("ink-3"), width: 1, type: "solid" }, label: { show: false } },
    formatter: (points) => {
      const n = Math.min(chart.hours - 1, Math.max(0, Math.floor((points[0].axisValue - chart.start) / HOUR + 1e-6)));
      const from = chart.start + n * HOUR;
      const rows = [`{h|${day(from)} ${clock(from)}\u2013${clock(from + HOUR)} ${chart.offset}}`];
      for (const series of chart.stacked ? [...chart.series].reverse() : chart.series) {
        const value = series.values[n];
        if (value !== null) rows.push(`${series.name}  ${number(value, chart.places)} ${chart.unit}`);
      }
      const signed = chart.bars?.values[n];
      if (signed) rows.push(`${number(signed, chart.places, true)}  ${signed > 0 ? chart.bars.above : chart.bars.below}`);
      const at = from + HOUR / 2;
      for (const lane of chart.lanes ?? []) {
        for (const block of lane.blocks) if (block.start <= at && at < block.end) rows.push(`${lane.name}  ${block.label}`);
      }
      for (const block of chart.bands ?? []) if (block.start < from + HOUR && from < block.end) rows.push(`${block.label}  ${block.when}`);
      return rows.join("\n");
    },
  };
}

function lanes(chart, box, fills) {
  const blocks = chart.lanes.flatMap((lane, row) => lane.blocks.map((block) => ({ ...block, row })));
  return {
    type: "custom", xAxisIndex: 1, yAxisIndex: 1, z: 8, silent: true, animation: false, clip: true, encode: { x: [0, 2], y: 1 },
    data: blocks.map((block) => [block.start, block.row, block.end]), markLine: marks(nowLine(chart, false)),
    renderItem: (params, api) => {
      const block = blocks[params.dataIndex];
      const [left, middle] = api.coord([block.start, block.row]);
      const [right] = api.coord([block.end, block.row]);
      const shape = { x: left, y: middle - 9, width: Math.max(1, right - left), height: 18, r: 2 };
      const stroke = color(block.kind === "failure" ? "fail" : "maint");
      const children = [
        { type: "rect", shape, style: { fill: color("surface") } },
        { type: "rect", shape, style: { fill: fills[block.kind], stroke, lineWidth: 1 } },
      ];
      const label = box.narrow ? `${chart.lanes[block.row].name}, ${block.label}` : block.label;
      if (shape.width > 70) {
        children.push({ type: "text", style: { text: label, x: left + 6, y: middle, verticalAlign: "middle", width: shape.width - 12, overflow: "truncate", ...text({ fontWeight: 600 }), fill: color("ink"), backgroundColor: color("surface"), padding: [1, 4], borderRadius: 2 } });
      }
      return { type: "group", children };
    },
  };
}

// Drawn by hand: a bar series would widen its axis, which must be that of the lines above.
function bars(chart) {
  return {
    type: "custom", xAxisIndex: 1, yAxisIndex: 1, animation: false, silent: true, encode: { x: 0, y: 1 },
    data: chart.bars.values.map((value, n) => [chart.start + n * HOUR, value ?? 0]),
    renderItem: (params, api) => {
      const value = api.value(1);
      const [left, end] = api.coord([api.value(0) + 0.15 * HOUR, value]);
      const [right, zero] = api.coord([api.value(0) + 0.85 * HOUR, 0]);
      const shape = { x: left, y: Math.min(end, zero), width: Math.max(1, right - left), height: Math.abs(end - zero) };
      return { type: "rect", shape, style: { fill: color(ink(chart.bars.css[value > 0 ? 0 : 1])) } };
    },
    markLine: marks(nowLine(chart, false)),
    markArea: chart.unpublished && { silent: true, data: [band(...chart.unpublished, color("unpublished"))] },
  };
}

// Names stand on the lines in their colour; a stack's at its right edge, thin neighbours apart.
function names(chart, drawn, box) {
  const elements = [];
  const write = (words, x, y, hue, more) =>
    elements.push({ type: "text", silent: true, z: 20, x, y, style: { text: words, fill: color(hue), stroke: color("surface"), lineWidth: 3, ...text({ fontSize: 12, fontWeight: 600 }), color: undefined, ...more } });
  let below = 0;
  let free = Infinity;
  const taken = [];
  for (const series of chart.series) {
    const last = series.values.findLastIndex((value) => value !== null);
    if (last < 0) continue;
    const value = series.values[last];
    if (chart.stacked) {
      const [, middle] = drawn.convertToPixel({ gridIndex: 0 }, [chart.start, below + value / 2]);
      const [x] = drawn.convertToPixel({ gridIndex: 0 }, [chart.start + chart.hours * HOUR, 0]);
      below += value;
      if (box.narrow || value < chart.top / 400) continue;
      free = Math.min(middle, free - 15);
      elements.push({ type: "rect", silent: true, shape: { x: x + 8, y: free - 4, width: 8, height: 8, r: 1.5 }, style: { fill: color(ink(series.css)) } });
      write(series.name, x + 21, free, "ink", { verticalAlign: "middle", fontWeight: 500 });
      continue;
    }
    const [x, y] = drawn.convertToPixel({ gridIndex: 0 }, [chart.start + (last + 1) * HOUR, value]);
    let place = Math.max(12, y - 4);
    const apart = place > box.top + chart.height - 48 ? -14 : 14;
    while (taken.some(([otherX, other]) => Math.abs(otherX - x) < 90 && Math.abs(other - place) < 14)) place += apart;
    taken.push([x, place]);
    write(series.name, x - 4, place, ink(series.css), { align: last < chart.hours / 6 ? "left" : "right", verticalAlign: "bottom" });
  }
  drawn.setOption({ graphic: { elements } });
}

function timeAxis(chart, narrow, more) {
  const bold = new Map(chart.ticks.map(([at, label, isDay]) => [at, isDay ? `{d|${label}}` : label]));
  const shown = chart.ticks.filter(([, , , isMinor]) => !narrow || !isMinor).map(([at]) => at);
  return {
    type: "time", min: chart.start, max: chart.start + chart.hours * HOUR, axisTick: { show: false }, splitLine: { show: false },
    axisLine: { lineStyle: { color: color("line-strong") }, onZero: false },
    axisLabel: { ...text(), hideOverlap: true, margin: 10, customValues: shown, showMinLabel: true, showMaxLabel: true, alignMinLabel: "left", formatter: (at) => bold.get(at) ?? "", rich: { d: text({ fontWeight: 600, color: color("ink") }) } },
    ...more,
  };
}

function valueAxis(more) {
  return { type: "value", min: 0, axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: color("grid") } }, axisLabel: { ...text() }, ...more };
}

function options(chart, box) {
  const fills = hatches();
  const second = chart.bars || chart.lanes;
  const grid = [{ left: box.left, right: box.right, top: box.top, height: chart.height }];
  const xAxis = [timeAxis(chart, box.narrow, second ? { axisLabel: { show: false } } : {})];
  const yAxis = [valueAxis({ max: chart.top, interval: chart.top / 4, axisLabel: { ...text(), formatter: (value) => number(value, 0) } })];
  const areas = (chart.bands ?? []).map((block) => band(block.start, block.end, fills[block.kind], box.narrow ? "" : block.label));
  if (chart.unpublished) areas.unshift(band(...chart.unpublished, color("unpublished"), ""));
  const series = chart.series.map((one, n) => line(chart, one, { z: 3 + n, ...(n ? {} : { markLine: marks([...capLines(chart), ...nowLine(chart, true)]), markArea: { silent: true, data: areas } }) }));
  if (chart.outline) {
    series.push({ type: "line", step: "end", symbol: "none", animation: false, silent: true, z: 9, name: chart.outline.name, data: chart.outline.points, lineStyle: { width: 2, type: [1, 4], cap: "round", color: color("ink") } });
  }
  if (chart.bars) {
    grid.push({ left: box.left, right: box.right, top: box.top + chart.bars.y, height: chart.bars.height });
    const top = chart.bars.top;
    yAxis.push(valueAxis({ gridIndex: 1, min: -top, max: top, interval: top, axisLabel: { ...text(), formatter: (value) => number(value, 0, true) } }));
    series.push(bars(chart));
  } else if (chart.lanes) {
    grid.push({ left: box.left, right: box.right, top: box.top + chart.lanes_y, height: chart.total - chart.lanes_y });
    yAxis.push({ gridIndex: 1, type: "category", inverse: true, data: chart.lanes.map((lane) => lane.name), axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: color("grid") } }, axisLabel: { ...text({ fontSize: 12, color: color("ink") }), show: !box.narrow, width: box.left - 16, overflow: "truncate" } });
    series.push(lanes(chart, box, fills));
  }
  if (second) xAxis.push(timeAxis(chart, box.narrow, { gridIndex: 1 }));
  return { useUTC: true, animation: false, grid, xAxis, yAxis, series, tooltip: tooltip(chart), axisPointer: { link: [{ xAxisIndex: "all" }] } };
}

// The canvas covers the SVG and the room around it in which names and times are written.
function draw(figure) {
  const chart = JSON.parse(figure.dataset.chart);
  const frame = getComputedStyle(figure.parentElement);
  const pad = (side) => Number.parseFloat(frame[`padding${side}`]);
  const narrow = matchMedia("(max-width: 36rem)").matches;
  const box = { left: pad("Left"), right: pad("Right"), top: pad("Top"), narrow };
  let canvas = figure.querySelector(".canvas");
  if (canvas) window.echarts.getInstanceByDom(canvas)?.dispose();
  else {
    canvas = document.createElement("div");
    canvas.className = "canvas";
    figure.append(canvas);
  }
  const width = figure.clientWidth + box.left + box.right;
  const height = chart.total + box.top + pad("Bottom");
  Object.assign(canvas.style, { left: `${-box.left}px`, right: `${-box.right}px`, top: `${-box.top}px`, height: `${height}px` });
  const drawn = window.echarts.init(canvas, null, { renderer: "canvas", width, height });
  drawn.setOption(options(chart, box));
  names(chart, drawn, box);
  figure.classList.add("drawn");
}

async function drawIn(part) {
  const figures = [...part.querySelectorAll("[data-chart]")];
  if (!figures.length || !source) return;
  await Promise.all([loadLibrary(), document.fonts.ready]);
  for (const figure of figures) if (figure.isConnected) draw(figure);
}
const drawAll = () => drawIn(document);

document.body.addEventListener("htmx:load", (event) => drawIn(event.target));
new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
let width = innerWidth;
let waiting;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  clearTimeout(waiting);
  waiting = setTimeout(drawAll, 150);
});
