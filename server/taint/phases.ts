/** The facts of each phase: what an item's analysis may know of others, and when. */

import { fileOf } from "../project/program.ts";
import type { Entries } from "./entries.ts";
import type { Facts } from "./facts.ts";
import type { Ground } from "./ground.ts";
import type { Keeping, KeptObjects } from "./kept.ts";
import { chase, type Modules } from "./modules.ts";
import type { Captures, Names, Written } from "./names.ts";
import type { Places } from "./places.ts";
import { NO_ENTRY, type Summary } from "./summary.ts";
import type { Classes, Types } from "./types.ts";
import { type ItemId, UNKNOWN } from "./value.ts";

/** 0: variables by their own text; 1: with those of other items; 2: what functions do. */
export type Phase = 0 | 1 | 2;

/** All that facts are made of. */
export interface Parts extends Ground, Modules, Names, Classes, Types, Places {
  readonly writtenInside: Written["writtenInside"];
  readonly captures: Captures["captures"];
  readonly keptInside: Keeping["keptInside"];
  readonly entryOf: Entries["entryOf"];
  readonly defaultOf: Entries["defaultOf"];
  readonly injected: Entries["injected"];
  readonly demand: (id: ItemId) => Summary | undefined;
}

const NOTHING_KEPT: KeptObjects = new Map();

function enclosedIn(summary: Summary | undefined): Summary["hits"] {
  if (summary === undefined || summary.apart) return [];
  return summary.hits.filter((h) => h.label.startsWith("free:"));
}

/** What an item's analysis may read in one phase. */
export function factsOf(phase: Phase, parts: Parts): Facts {
  const { itemOf, signatureOf, shape, nested, fromModule, exported, free } = parts;
  const { classOf, fieldOf, typeRefs, entryOf, defaultOf, injected } = parts;
  const { captures, writtenInside, keptInside, exportedPlace, demand } = parts;
  return {
    knowledge: undefined as never,
    imported: (item, module, name, also) =>
      (also === undefined ? undefined : nested(fileOf(item), module, also)) ??
      fromModule(fileOf(item), module, name),
    free: (item, name) => free(item, name, phase),
    exported: (ref) => {
      if (phase === 0) return UNKNOWN;
      const value = exported(ref, chase(phase === 2 ? 1 : 0));
      return phase === 2 ? exportedPlace(ref, value) : value;
    },
    entry: (item) => (phase === 0 ? NO_ENTRY : entryOf(item)),
    defaultOf: (item, index) => (phase === 2 ? defaultOf(item, index) : undefined),
    classOf: (id) => (phase === 0 ? undefined : classOf(id, phase === 1 ? 0 : 1)),
    injected: (item, index) => (phase === 2 ? injected(item, index) : undefined),
    fieldOf: (id, name) => (phase === 2 ? fieldOf(id, name) : undefined),
    summary: (item) => {
      const summary = phase === 2 ? demand(item) : undefined;
      return summary?.givenUp || summary?.apart ? undefined : summary;
    },
    enclosed: (item) => (phase === 2 ? enclosedIn(demand(item)) : []),
    captures,
    writtenInside,
    kept: (item) => (phase === 2 ? keptInside(item) : NOTHING_KEPT),
    child: (item, hole) => itemOf(item)?.children[hole],
    ir: (item) => signatureOf(item)?.ir,
    parentOf: (item) => signatureOf(item)?.parent,
    shape: (item) => (phase === 2 ? shape(item, 1) : undefined),
    typeRefs: (item, type) =>
      phase === 0 ? { refs: [], scalar: false, guessed: false } : typeRefs(item, type, phase),
  };
}
