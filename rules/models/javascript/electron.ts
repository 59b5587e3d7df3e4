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
      data: { preferences: "0.webPreferences" },
    },
  ],
};

export default electron;
