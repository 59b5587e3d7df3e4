/** JavaScript formats that build functions or objects of the engine while they are read. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const DESERIALIZE: SinkKind = "deserialize";
const row = (path: string, api: string, runs: boolean) => ({
  path,
  args: [0],
  kind: DESERIALIZE,
  data: { api, instead: "JSON.parse, and check what it gives against a schema", runs },
});

const deserialization: Model = {
  language: "javascript",
  sinks: [
    // Its functions are put together with eval; one that ends in "()" is called at once.
    row("node-serialize.unserialize", "node-serialize", true),
    row("funcster.deepDeserialize", "funcster", true),
    row("serialize-to-js.deserialize", "serialize-to-js", true),
    // No code runs, but the format is the engine's own and not meant for what strangers write.
    row("v8.deserialize", "v8.deserialize", false),
    row("{v8.Deserializer,v8.DefaultDeserializer}", "v8.Deserializer", false),
  ],
  // What the program has written itself.
  passes: [{ path: "v8.serialize()", from: [0], clears: ["deserialize"] }],
};

export default deserialization;
