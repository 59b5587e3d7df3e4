/** Electron: windows that show pages, and where their preferences are. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const KIND: SinkKind = "window";

const electron: Model = {
  language: "javascript",
  sinks: [
    {
      path: "electron.{BrowserWindow,BrowserView,WebContentsView}",
      args: [],
      kind: KIND,
      // Since version 12 pages are apart from the preload script unless it is said otherwise.
      data: { preferences: "0.webPreferences", package: "electron", apartSince: 12 },
    },
  ],
};

export default electron;
