/** Makes of what the client says about a change, and of what it put there, who wrote it. */
import type { WorkspaceEdit } from "vscode-languageserver";
import type { Edit } from "../base/text.ts";
import type { Cause } from "../origin/authors.ts";
import type { Evidence, Mark, MarkedSpan } from "../origin/mark.ts";
import type { ChangeCause } from "./origin-protocol.ts";

const MOST_COPIES = 5;
/** Fixes whose edit has not come back yet. */
const MOST_OFFERED = 20;

interface Copy {
  readonly text: string;
  readonly marks: readonly MarkedSpan[];
}

export interface Causes {
  /** Without a word of the client only single keys have an author. */
  of(said: ChangeCause | undefined, edits: readonly Edit[]): Cause;
  copied(text: string, marks: readonly MarkedSpan[]): void;
  /** Text that our own fixes put into documents is nobody's suggestion. */
  offered(edit: WorkspaceEdit | undefined): void;
}

export function createCauses(): Causes {
  const copies: Copy[] = [];
  const own: string[] = [];

  const written = (origin: Mark["origin"], evidence: Omit<Evidence, "time">): Cause => ({
    kind: "written",
    mark: { origin, evidence: [{ ...evidence, time: Date.now() }] },
  });
  const pasted = (): Cause => written("pasted", { kind: "paste", confidence: "high" });
  const copyFor = (edits: readonly Edit[]): Copy | undefined => {
    const bare = (text: string): string => text.replace(/\s+/g, "");
    const texts = edits.map(({ newText }) => bare(newText));
    return copies.find(({ text }) => texts.every((one) => one === bare(text)));
  };
  const isOwn = (edits: readonly Edit[]): boolean =>
    edits.every(({ newText }) => own.some((text) => text.includes(newText.trim())));

  return {
    of(said, edits) {
      switch (said ?? (edits.every(isKey) ? "typing" : "tool")) {
        case "typing":
          return written("human", { kind: "typing", confidence: "high" });
        case "undo":
          return { kind: "undone" };
        case "paste":
          return pasted();
        case "copy": {
          const copy = copyFor(edits);
          return copy === undefined ? pasted() : { kind: "copied", ...copy };
        }
        case "ai":
          return written("ai", { kind: "editor", confidence: "medium" });
        case "suggestion":
          return isOwn(edits)
            ? { kind: "moved" }
            : written("ai", { kind: "shape", confidence: "low" });
        case "tool":
          return { kind: "moved" };
      }
    },
    copied(text, marks) {
      copies.unshift({ text, marks });
      copies.length = Math.min(copies.length, MOST_COPIES);
    },
    offered(edit) {
      own.unshift(...textsOf(edit).filter((text) => text.trim() !== ""));
      own.length = Math.min(own.length, MOST_OFFERED);
    },
  };
}

function textsOf(edit: WorkspaceEdit | undefined): string[] {
  const changes = (edit?.documentChanges ?? []).flatMap((one) => ("edits" in one ? one.edits : []));
  return [...changes, ...Object.values(edit?.changes ?? {}).flat()].map((one) =>
    "newText" in one ? one.newText : plainText(one.snippet.value),
  );
}

/** What a snippet puts in, with what stands in its places until they are filled in. */
function plainText(snippet: string): string {
  return snippet.replace(/\$\{\d+:((?:\\.|[^\\}])*)\}/gs, "$1").replace(/\\([\\$}])/g, "$1");
}

/** A key, or what the editor adds to one: the closing bracket, the indentation of a new line. */
function isKey({ newText }: Edit): boolean {
  return newText.length <= 1 || newText.trim() === "" || /^[^\w\s]{2}$/.test(newText);
}
