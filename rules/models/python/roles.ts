/** Python records that are stored, field by field: those that say what somebody may do. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const FIELDS: SinkKind = "fields";
/** `widely`: such a field has this meaning only where the record is somebody's. */
const NAMES = {
  widely: ["role", "roles", "permissions", "user_role"],
  always: ["is_admin", "is_superuser", "is_staff"],
};
const FIELD_NAMES = [...NAMES.widely, ...NAMES.always];
const data = (field: string) => ({
  rule: "role-from-request",
  field,
  widely: NAMES.widely.includes(field),
});
/** Fields that are named in the call, or in a record that is given to it. */
const named = (path: string) =>
  FIELD_NAMES.map((field) => ({ path, args: [field], kind: FIELDS, data: data(field) }));
const inside = (path: string, record: string) =>
  FIELD_NAMES.map((field) => ({
    path,
    args: [`${record}.${field}`],
    kind: FIELDS,
    data: data(field),
  }));

const roles: Model = {
  language: "python",
  sinks: [
    named(
      "{flask_sqlalchemy.SQLAlchemy().Model,sqlalchemy.orm.DeclarativeBase,sqlalchemy.orm.declarative_base(),sqlalchemy.ext.declarative.declarative_base()}().__init__",
    ),
    named("django.db.models.Model().__init__"),
    named(
      "django.db.models.QuerySet().{create,acreate,get_or_create,update_or_create,update,aupdate,create_user,acreate_user}",
    ),
    named("peewee.Model.{create,insert,update}"),
    named("peewee.Model().__init__"),
    named("sqlalchemy.Select().values"),
    named("sqlmodel.SQLModel().__init__"),
    inside("pymongo.collection.Collection().insert_one", "0"),
    inside("pymongo.collection.Collection().{update_one,find_one_and_update}", "1.$set"),
    inside("sqlalchemy.orm.Query().update", "0"),
    inside("supabase.Client().{table,from_}().{insert,update,upsert}", "0"),
  ].flat(),
};

export default roles;
