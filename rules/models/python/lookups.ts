/** Object mappers and document stores for Python: which calls find, change or delete stored objects, and which make them. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const LOOKUP: SinkKind = "lookup";
/** `id`: this argument is the key itself. `makes`: it stores a new object, which says who owns such ones. */
const row = (path: string, data: Readonly<Record<string, string | boolean>> = {}) => ({
  path,
  args: [],
  kind: LOOKUP,
  data,
});

const lookups: Model = {
  language: "python",
  sinks: [
    row("sqlalchemy.orm.Session().{get,get_one}", { id: "1|ident" }),
    row("sqlalchemy.orm.Query().{filter,filter_by,where}"),
    row("sqlalchemy.orm.Query().{get,get_or_404}", { id: "0|ident" }),
    row("sqlalchemy.Select().{where,filter,filter_by}"),
    row("flask_sqlalchemy.SQLAlchemy().{get_or_404,one_or_404,first_or_404}", { id: "1|ident" }),
    row("django.db.models.QuerySet().{get,aget,filter,update_or_create,get_or_create}"),
    row("django.db.models.QuerySet().{create,acreate}", { makes: true }),
    row("django.shortcuts.{get_object_or_404,aget_object_or_404,get_list_or_404}"),
    row("peewee.Model.get_by_id", { id: "0" }),
    row("peewee.Model.delete_by_id", { id: "0" }),
    row("peewee.Model.{get,get_or_none,filter}"),
    row("peewee.Query().{where,filter}"),
    row("peewee.Model.create", { makes: true }),
    row(
      "pymongo.collection.Collection().{find,find_one,find_one_and_update,find_one_and_replace,find_one_and_delete,update_one,replace_one,delete_one,update_many,delete_many}",
    ),
    row("pymongo.collection.Collection().{insert_one,insert_many}", { makes: true }),
  ],
};

export default lookups;
