/** Python formats that build objects while they are read: whoever writes the data runs code. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const DESERIALIZE: SinkKind = "deserialize";
/**
 * `harmless` is a switch that turns the danger off ("weights_only=true"), `harmful` one that turns it on; `usual` says that
 * new versions of the library are harmless without it; `instead` what to use.
 */
const row = (
  path: string,
  args: readonly (number | string)[],
  api: string,
  instead: string,
  data: Readonly<Record<string, string | boolean>> = {},
) => ({ path, args, kind: DESERIALIZE, data: { api, instead, ...data } });

const JSON_TEXT = "json.loads, and check what it gives";

const deserialization: Model = {
  language: "python",
  aliases: {
    "{cPickle,_pickle}.load": "pickle.load",
    "{cPickle,_pickle}.loads": "pickle.loads",
    "{cPickle,_pickle}.Unpickler": "pickle.Unpickler",
  },
  types: { "pickle.Unpickler()": ["{dill.Unpickler,cloudpickle.Unpickler}()"] },
  sources: [
    {
      path: "starlette.datastructures.UploadFile().file",
      kind: "remote",
      text: "the uploaded file",
      // A stream.
      clears: ["path", "upload-path"],
    },
  ],
  sinks: [
    row("pickle.load", [0, "file"], "pickle.load", JSON_TEXT),
    row("pickle.loads", [0, "data"], "pickle.loads", JSON_TEXT),
    row("pickle.Unpickler", [0, "file"], "pickle.Unpickler", JSON_TEXT),
    row("marshal.loads", [0], "marshal.loads", JSON_TEXT),
    row("marshal.load", [0], "marshal.load", JSON_TEXT),
    row("shelve.open", [0, "filename"], "shelve.open", "a database such as sqlite3"),
    row("dill.loads", [0, "str"], "dill.loads", JSON_TEXT),
    row("dill.load", [0, "file"], "dill.load", JSON_TEXT),
    row("cloudpickle.loads", [0], "cloudpickle.loads", JSON_TEXT),
    row("cloudpickle.load", [0], "cloudpickle.load", JSON_TEXT),
    row("joblib.load", [0, "filename"], "joblib.load", "skops or ONNX for models, JSON for data"),
    row("jsonpickle.{decode,loads}", [0, "string"], "jsonpickle.decode", JSON_TEXT),
    row("pandas.read_pickle", [0, "filepath_or_buffer"], "pandas.read_pickle", "read_parquet"),
    row("torch.load", [0, "f"], "torch.load", "weights_only=True, or safetensors", {
      harmless: "weights_only",
      // https://docs.pytorch.org/docs/stable/generated/torch.load.html: True by default since 2.6.
      usual: true,
    }),
    row("numpy.load", [0, "file"], "numpy.load", "allow_pickle=False", { harmful: "allow_pickle" }),
  ],
  passes: [
    // What the program has written itself.
    {
      path: "{pickle,marshal,dill,cloudpickle,jsonpickle}.{dumps,encode}()",
      from: [0, "obj", "value"],
      clears: ["deserialize"],
    },
    // What they give was written by somebody who has the key.
    {
      path: "itsdangerous.{Signer,TimestampSigner}().unsign()",
      from: [0],
      clears: ["deserialize"],
    },
    {
      path: "django.core.signing.{Signer,TimestampSigner}().{unsign,unsign_object}()",
      from: [0],
      clears: ["deserialize"],
    },
    {
      path: "cryptography.fernet.{Fernet,MultiFernet}().decrypt()",
      from: [0],
      clears: ["deserialize"],
    },
  ],
};

export default deserialization;
