/**
 * The calls of all files that a rule about the project looks at, and what it makes of them. Many files ask: it is made once
 * and kept as long as the index of contributions is the same one, by language and models.
 */
import type { AllCalls, Observation, ProgramContext, ProjectSpec } from "../rule/rule.ts";
import { Interrupted } from "../taint/clock.ts";
import type { Knowledge } from "../taint/knowledge.ts";
import { knowledgeOf, programContextOf } from "./contexts.ts";
import type { ProjectIndex } from "./contributions.ts";
import type { FindingsInput } from "./input.ts";
import { concerned } from "./watched.ts";

type Make<T> = (calls: readonly Observation[], context: ProgramContext) => T;
type Made = { readonly value: unknown } | { readonly error: unknown };

interface Known {
  readonly calls: Map<ProjectSpec, readonly Observation[]>;
  readonly byModels: Map<Knowledge | undefined, OfModels>;
}
interface OfModels {
  readonly context: ProgramContext;
  readonly made: Map<ProjectSpec, Map<Make<unknown>, Made>>;
}
const known = new WeakMap<ProjectIndex, Known>();

export function allCalls(project: ProjectSpec, input: FindingsInput): AllCalls {
  return {
    shared<T>(make: Make<T>): T {
      const { calls, byModels } = knownOf(input.index);
      const models = knowledgeOf(input);
      const { context, made } = entryOf(byModels, models, () => ({
        context: programContextOf(input),
        made: new Map(),
      }));
      const own = entryOf(made, project, () => new Map<Make<unknown>, Made>());
      const one = entryOf(own, make, () => {
        const list = entryOf(calls, project, () => gathered(project, input));
        return attempt(() => make(list, context));
      });
      if ("error" in one) throw one.error;
      return one.value as T;
    },
  };
}

function knownOf(index: ProjectIndex): Known {
  let one = known.get(index);
  if (one === undefined) {
    one = { calls: new Map(), byModels: new Map() };
    known.set(index, one);
  }
  return one;
}

/** In the order of the files' names: nothing may depend on the order in which they were read. */
function gathered(project: ProjectSpec, { contributions }: FindingsInput): readonly Observation[] {
  return [...contributions.keys()]
    .sort()
    .flatMap((file) => concerned(contributions.get(file)?.observations ?? [], project));
}

/** What fails for one file fails for all: it is not tried again for each of them. */
function attempt(make: () => unknown): Made {
  try {
    return { value: make() };
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return { error };
  }
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
