/** Python records that are stored: what takes all fields of an object at once, and attributes that are set by name. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const FIELDS: SinkKind = "fields";
const row = (path: string, args: readonly (number | string)[], api: string) => ({
  path,
  args,
  kind: FIELDS,
  noRecord: true,
  data: { api },
});

const fields: Model = {
  language: "python",
  sinks: [
    row(
      "django.db.models.QuerySet().{create,acreate,get_or_create,update_or_create,update,aupdate}",
      ["*"],
      "the query set",
    ),
    row("django.db.models.Model().__init__", ["*"], "the model"),
    row(
      "{flask_sqlalchemy.SQLAlchemy().Model,sqlalchemy.orm.DeclarativeBase,sqlalchemy.orm.declarative_base(),sqlalchemy.ext.declarative.declarative_base()}().__init__",
      ["*"],
      "the model",
    ),
    row("sqlalchemy.orm.Query().update", [0], "update"),
    row("sqlalchemy.Select().values", ["*"], "values"),
    row("peewee.Model.{create,insert,update}", ["*"], "the model"),
    row("peewee.Model().__init__", ["*"], "the model"),
    row("pymongo.collection.Collection().{insert_one,insert_many}", [0], "the collection"),
    row(
      "pymongo.collection.Collection().{update_one,update_many,find_one_and_update}",
      ["1.$set", "1.$setOnInsert"],
      "the collection",
    ),
    { path: "builtins.setattr", args: [1], kind: "key", data: { api: "setattr" } },
  ],
};

export default fields;
