// A client's view of a notebook: its cells, and what it tells a server of them.

import * as assert from "node:assert/strict";
import type { Range, WorkspaceEdit } from "vscode-languageserver-protocol";
import { applyEdits, lineStarts, offsetAt } from "../../server/base/text.ts";
import type { TestClient } from "./client.ts";

export interface Cell {
  readonly uri: string;
  readonly languageId: string;
  readonly kind: 1 | 2;
  version: number;
  text: string;
}

/** A notebook that is open. */
export function notebookOn(
  client: TestClient,
  uri: string,
  given: readonly (string | readonly [string, string])[],
) {
  let made = 0;
  let version = 1;
  const cell = (one: string | readonly [string, string]): Cell => {
    const [languageId, text] = typeof one === "string" ? (["python", one] as const) : one;
    const scheme = "vscode-notebook-cell:";
    const kind = languageId === "markdown" ? 1 : 2;
    return {
      uri: `${uri.replace(/^file:/, scheme)}#W${made++}`,
      languageId,
      kind,
      version: 1,
      text,
    };
  };
  const cells = given.map(cell);
  const say = (method: string, params: unknown): void =>
    void client.connection.sendNotification(`notebookDocument/${method}`, params);
  const refer = ({ uri: document, kind }: Cell) => ({ kind, document });
  const item = ({ uri, languageId, version, text }: Cell) => ({ uri, languageId, version, text });
  const change = (inCells: unknown): void =>
    say("didChange", { notebookDocument: { uri, version: ++version }, change: { cells: inCells } });
  say("didOpen", {
    notebookDocument: { uri, notebookType: "jupyter-notebook", version, cells: cells.map(refer) },
    cellTextDocuments: cells.map(item),
  });
  return {
    cells,
    edit(index: number, text: string, range?: Range) {
      const one = cells[index] as Cell;
      one.version++;
      if (range === undefined) one.text = text;
      else {
        const starts = lineStarts(one.text);
        const at = ({ line, character }: Range["start"]) =>
          offsetAt(one.text, starts, line, character);
        one.text = applyEdits(one.text, [
          { start: at(range.start), end: at(range.end), newText: text },
        ]);
      }
      const changes = [range === undefined ? { text } : { range, text }];
      change({ textContent: [{ document: { uri: one.uri, version: one.version }, changes }] });
    },
    insert(index: number, one: string | readonly [string, string]) {
      const added = cell(one);
      cells.splice(index, 0, added);
      const array = { start: index, deleteCount: 0, cells: [refer(added)] };
      change({ structure: { array, didOpen: [item(added)] } });
    },
    remove(index: number) {
      const [gone] = cells.splice(index, 1);
      const didClose = [{ uri: gone?.uri }];
      change({ structure: { array: { start: index, deleteCount: 1 }, didClose } });
    },
    /** As VS Code tells it: all cells between the two places anew, none opened or closed. */
    move(from: number, to: number) {
      const [one] = cells.splice(from, 1);
      cells.splice(to, 0, one as Cell);
      const [first, last] = [Math.min(from, to), Math.max(from, to)];
      const moved = cells.slice(first, last + 1).map(refer);
      change({ structure: { array: { start: first, deleteCount: moved.length, cells: moved } } });
    },
    close: () =>
      say("didClose", {
        notebookDocument: { uri },
        cellTextDocuments: cells.map(({ uri: one }) => ({ uri: one })),
      }),
    /** The texts of all cells after an edit of them. */
    after(edit: WorkspaceEdit | undefined): string[] {
      return cells.map(({ uri: one, text, version: its }) => {
        const own = (edit?.documentChanges ?? []).flatMap((change) => {
          if (!("textDocument" in change) || change.textDocument.uri !== one) return [];
          assert.equal(change.textDocument.version, its);
          return change.edits;
        });
        const starts = lineStarts(text);
        const at = ({ line, character }: Range["start"]) => offsetAt(text, starts, line, character);
        return applyEdits(
          text,
          own.map((each) => {
            assert.ok("newText" in each);
            return { start: at(each.range.start), end: at(each.range.end), newText: each.newText };
          }),
        );
      });
    },
  };
}
