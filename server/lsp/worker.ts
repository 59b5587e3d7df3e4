/** The server's entry in a web worker: the files that stand beside it come with the first message, the protocol's after it. */
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  ProposedFeatures,
} from "vscode-languageserver/browser";
import { version } from "../../package.json";
import { rules } from "../../rules/index.ts";
import { createEngine } from "../engine/engine.ts";
import { createHost } from "./files-host.ts";
import type { WorkerStart } from "./protocol.ts";
import { startServer } from "./server.ts";

/** What receives messages: types of browsers are not known here. */
interface Port {
  onmessage: ((event: { readonly data: WorkerStart }) => void) | null;
  postMessage(message: unknown): void;
}
const scope = globalThis as unknown as Port;

scope.onmessage = ({ data }) => {
  const connection = createConnection(
    ProposedFeatures.all,
    new BrowserMessageReader(scope),
    new BrowserMessageWriter(scope),
  );
  const asset = (name: string): Uint8Array => {
    const bytes = data.assets[name];
    if (bytes === undefined) throw new Error(`${name} is missing`);
    return bytes;
  };
  const grammar = (name: string): Uint8Array => asset(`tree-sitter-${name}.wasm`);
  startServer(connection, {
    host: (files) => createHost(files, later()),
    version,
    pages: data.pages,
    createEngine: () =>
      createEngine({
        wasm: {
          runtime: asset("web-tree-sitter.wasm"),
          grammars: {
            python: grammar("python"),
            typescript: grammar("typescript"),
            tsx: grammar("tsx"),
            javascript: grammar("javascript"),
          },
        },
        rules,
        names: asset("names.bin"),
      }),
  });
};

/** A timer of no time is held back in workers after a few; a message to oneself waits only for those that are there. */
function later(): (run: () => void) => void {
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel() as unknown as Record<"port1" | "port2", Port>;
  port1.onmessage = () => waiting.shift()?.();
  return (run) => {
    waiting.push(run);
    port2.postMessage(null);
  };
}
