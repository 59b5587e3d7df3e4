/** What a file has to do with, by what its calls and callers are: the models know that, whatever the file is called. */
import type { FileId } from "../base/brand.ts";
import { fileOf } from "../project/program.ts";
import { type Deed, deedBit, type SinkKind } from "../taint/kinds.ts";
import type { Topic } from "./api.ts";
import type { Moment } from "./moment.ts";

const KINDS: Readonly<Record<Topic, readonly SinkKind[]>> = {
  requests: ["route", "response", "redirect", "cors", "csrf", "body-limit"],
  authentication: ["token", "session", "cookie"],
  queries: ["sql", "nosql", "ldap", "xpath", "graph", "filter", "lookup"],
  uploads: ["upload-parser", "upload-path", "extract"],
  "outgoing requests": ["url", "network"],
  "commands and code": ["shell", "code", "sandbox", "deserialize", "template"],
};

const DEEDS: Readonly<Partial<Record<Topic, readonly Deed[]>>> = {
  authentication: ["identifies", "signs-in", "checks-signature", "admits-administrators"],
};

/** The file was analysed in this moment. */
export function topicsOf(
  file: FileId,
  { contributions, program, solver }: Moment,
): readonly Topic[] {
  const own = contributions.get(file);
  if (own === undefined) return [];
  const kinds = new Set<SinkKind>();
  for (const { site, sinks } of own.observations)
    if (fileOf(site.item) === file) for (const { kind } of sinks) kinds.add(kind);
  for (const { site, sink } of [...own.hits, ...own.latent])
    if (fileOf(site.item) === file) kinds.add(sink);
  for (const { site, sinks } of own.stores ?? [])
    if (fileOf(site.item) === file) for (const { kind } of sinks) kinds.add(kind);
  const deeds = [...(own.deeds?.values() ?? [])].reduce((all, bits) => all | bits, 0);
  const items = program.file(file)?.items ?? [];
  const isCalledByFramework = items.some(({ id }) => solver.entry(id).isEntryPoint);
  return (Object.keys(KINDS) as Topic[]).filter(
    (topic) =>
      KINDS[topic].some((kind) => kinds.has(kind)) ||
      (DEEDS[topic] ?? []).some((deed) => (deeds & deedBit(deed)) !== 0) ||
      (topic === "requests" && isCalledByFramework),
  );
}
