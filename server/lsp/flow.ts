/** The paths of a finding's data, to be walked in an editor. */
import { type Context, locationOf } from "./context.ts";
import type { Shown } from "./departures.ts";
import { isDeparture } from "./departures.ts";
import type { FlowResult, FlowStop } from "./finding-protocol.ts";
import { visible } from "./plain.ts";

/** Source first, sink last; at a departure the path through it, else all that are shown. */
export function flowOf(context: Context, finding: Shown): FlowResult {
  const stop = ({ file, span, role, text }: Shown["flow"][number]): FlowStop => ({
    ...locationOf(context, { file, span }),
    role,
    text: visible(text),
  });
  const paths = isDeparture(finding) || finding.paths.length === 0 ? [finding.flow] : finding.paths;
  return {
    title: visible(finding.title),
    paths: paths.filter((path) => path.length > 0).map((path) => path.map(stop)),
  };
}
