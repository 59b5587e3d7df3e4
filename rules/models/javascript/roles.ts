/** JavaScript records that are stored, field by field: those that say what somebody may do. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const FIELDS: SinkKind = "fields";
/** `widely`: such a field has this meaning only where the record is somebody's. */
const NAMES = {
  widely: ["role", "roles", "permissions", "userRole", "user_role"],
  always: ["isAdmin", "is_admin", "isSuperuser", "is_superuser", "isStaff", "is_staff"],
};
const rows = (path: string, records: readonly string[]) =>
  [...NAMES.widely, ...NAMES.always].map((field) => ({
    path,
    args: records.map((record) => `${record}.${field}`),
    kind: FIELDS,
    data: { rule: "role-from-request", field, widely: NAMES.widely.includes(field) },
  }));

const roles: Model = {
  language: "javascript",
  sinks: [
    rows("@prisma/client.Delegate().{create,update,upsert}", ["0.data", "0.create", "0.update"]),
    rows("mongoose.Model()", ["0"]),
    rows("mongoose.Model().create", ["0"]),
    rows("mongoose.Model().{findByIdAndUpdate,findOneAndUpdate,updateOne}", ["1", "1.$set"]),
    rows("mongodb.Collection().insertOne", ["0"]),
    rows("mongodb.Collection().{updateOne,findOneAndUpdate}", ["1.$set"]),
    rows("sequelize.Model.{create,build,upsert,update}", ["0"]),
    rows("typeorm.Repository().{create,insert,save}", ["0"]),
    rows("typeorm.Repository().update", ["1"]),
    rows("drizzle-orm.Database().insert().values", ["0"]),
    rows("drizzle-orm.Database().update().set", ["0"]),
    rows("knex.QueryBuilder().{insert,update}", ["0"]),
    rows("@supabase/supabase-js.SupabaseClient().from().{insert,update,upsert}", ["0"]),
  ].flat(),
};

export default roles;
