/**
 * What is below the pointer on curves.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";
import { number } from "../data/format.ts";
import { Swatch, Tooltip } from "./controls.tsx";
import type { Hit, Series, View } from "./curve_lines.ts";
import type { Plot } from "./frame.ts";

/** A tooltip does not have more lines. */
const MAX_TIPS = 8;

/** The lines that are nearest, with their values. */
export function Tip(
  { plot, hits, series, pointer, view, width }: {
    plot: Plot;
    hits: readonly Hit[];
    series: readonly Series[];
    pointer: { x: number; y: number };
    view: View;
    width: number;
  },
): JSX.Element {
  const first = hits[0]!;
  const shown = hits.slice(0, MAX_TIPS)
    .sort((a, b) => series[b.index]!.line.y[b.at]! - series[a.index]!.line.y[a.at]!);
  return (
    <Tooltip x={pointer.x} y={plot.top + 4} width={width}>
      <div class="chart-tip-title">{plot.x.text(series[first.index]!.line.x[first.at]!)}</div>
      <table>
        <tbody>
          {shown.map(({ index, at }) => {
            const { name, style, line, band } = series[index]!;
            return (
              <tr key={index} class={index === first.index ? "chart-tip-first" : ""}>
                <td>
                  <Swatch {...style} />
                </td>
                <td class="chart-tip-name">{name}</td>
                <td class="chart-tip-number">{number(line.y[at]!, 4)}</td>
                {band && (
                  <td class="chart-tip-more">
                    {number(band.low[at]!)} – {number(band.high[at]!)} ({band.lines[at]})
                  </td>
                )}
                {!band && view.hasRaw && <td class="chart-tip-more">{number(line.raw[at]!, 4)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
      {hits.length > MAX_TIPS && <div class="chart-tip-more">and {hits.length - MAX_TIPS} more
      </div>}
    </Tooltip>
  );
}
