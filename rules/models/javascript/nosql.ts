/** MongoDB in JavaScript: which argument is a filter, in which an object with operators means something else than a text. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const NOSQL: SinkKind = "nosql";
const row = (path: string, args: readonly (number | string)[], api: string) => ({
  path,
  args,
  kind: NOSQL,
  // `{ $eq: value }` finds what the value finds, but for objects with operators.
  data: { api, equal: "equal" },
});
const FILTERED =
  "{find,findOne,findOneAndUpdate,findOneAndReplace,findOneAndDelete,updateOne,updateMany,replaceOne,deleteOne,deleteMany,countDocuments}";

const nosql: Model = {
  language: "javascript",
  sinks: [
    row(`{mongodb.Collection(),mongoose.Model()}.${FILTERED}`, [0], "the query"),
    row("{mongodb.Collection(),mongoose.Model()}.aggregate", [0], "the pipeline"),
    row("{mongodb.Collection(),mongoose.Model()}.distinct", [1], "the query"),
    // The key becomes { _id: key }.
    row("mongoose.Model().{findById,findByIdAndUpdate,findByIdAndDelete,exists}", [0], "the query"),
    row("mongoose.Query().{where,and,or,nor,find,findOne}", [0], "the query"),
    row("*.{findOne,findOneAndUpdate,findOneAndDelete}", [0], "the query"),
  ],
  passes: [
    {
      path: "{mongodb.ObjectId,mongodb.ObjectID,bson.ObjectId,mongoose.Types.ObjectId,mongoose.mongo.ObjectId}()",
      from: [0],
      clears: ["nosql"],
    },
    { path: "mongo-sanitize()", from: [0], clears: ["nosql"] },
  ],
  guards: [
    {
      path: "%typeof()",
      subject: 0,
      proves: "true",
      clears: ["nosql"],
      needs: { arg: 1, is: "among", values: ["string"] },
    },
  ],
};

export default nosql;
