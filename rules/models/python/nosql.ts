/** MongoDB in Python: which argument is a filter, in which an object with operators means something else than a text. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const NOSQL: SinkKind = "nosql";
const row = (path: string, args: readonly (number | string)[], api: string) => ({
  path,
  args,
  kind: NOSQL,
  // `{ $eq: value }` finds what the value finds, but for objects with operators.
  data: { api, equal: "tried" },
});
const FILTERED =
  "{find,find_one,find_one_and_update,find_one_and_replace,find_one_and_delete,update_one,update_many,replace_one,delete_one,delete_many,count_documents,find_raw_batches}";

const nosql: Model = {
  language: "python",
  sinks: [
    row(`pymongo.collection.Collection().${FILTERED}`, [0, "filter"], "the query"),
    row("pymongo.collection.Collection().aggregate", [0, "pipeline"], "the pipeline"),
    row("pymongo.collection.Collection().distinct", [1, "filter"], "the query"),
    row("*.{find_one,find_one_and_update,find_one_and_delete}", [0, "filter"], "the query"),
  ],
  passes: [{ path: "{bson.ObjectId,bson.objectid.ObjectId}()", from: [0], clears: ["nosql"] }],
  guards: [
    {
      path: "builtins.isinstance()",
      subject: 0,
      proves: "true",
      clears: ["nosql"],
      needs: { arg: 1, is: "type", values: ["builtins.str"] },
    },
  ],
};

export default nosql;
