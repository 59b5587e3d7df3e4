/** Python clients of PostgREST (Supabase): which argument is text that the server reads as conditions, or as a list. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const FILTER: SinkKind = "filter";
const CLIENT = "supabase.Client()";
const QUERY = "postgrest.BaseFilterRequestBuilder()";
/** Methods of a query that give one that goes on (postgrest/base_request_builder.py); `not_` is a property. */
const MORE =
  "{select(),eq(),neq(),gt(),gte(),lt(),lte(),is_(),like(),like_all_of(),like_any_of(),ilike(),ilike_all_of(),ilike_any_of(),fts(),plfts(),phfts(),wfts(),in_(),cs(),cd(),contains(),contained_by(),ov(),overlaps(),sl(),sr(),nxl(),nxr(),adj(),match(),or_(),filter(),order(),limit(),offset(),range(),single(),maybe_single(),text_search(),explain(),not_}";

const filters: Model = {
  language: "python",
  types: {
    [CLIENT]: [
      "supabase.{create_client,acreate_client,create_async_client,AsyncClient,AClient}()",
      "{supabase,postgrest}.{SyncPostgrestClient,AsyncPostgrestClient}()",
    ],
    [QUERY]: [
      `{${CLIENT},${CLIENT}.schema()}.{table,from_,from_table}().{select,insert,update,upsert,delete}()`,
      `{${CLIENT},${CLIENT}.schema()}.rpc()`,
      `${QUERY}.${MORE}`,
    ],
  },
  sinks: [
    {
      path: `${QUERY}.or_`,
      args: [0, "filters"],
      kind: FILTER,
      data: { api: "or_", place: "conditions" },
    },
    {
      path: `${QUERY}.filter`,
      args: [2, "criteria"],
      kind: FILTER,
      data: { api: "the filter", place: "list" },
    },
  ],
  hints: { supabase: [CLIENT] },
};

export default filters;
