/** JavaScript clients of PostgREST (Supabase): which argument is text that the server reads as conditions, or as a list. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const FILTER: SinkKind = "filter";
const CLIENT = "@supabase/supabase-js.SupabaseClient()";
const QUERY = "@supabase/postgrest-js.PostgrestFilterBuilder()";
/** Methods of a query that give one that goes on (PostgrestFilterBuilder.ts, PostgrestTransformBuilder.ts). */
const MORE =
  "{select,eq,neq,gt,gte,lt,lte,like,likeAllOf,likeAnyOf,ilike,ilikeAllOf,ilikeAnyOf,is,in,notIn,contains,containedBy,rangeGt,rangeGte,rangeLt,rangeLte,rangeAdjacent,overlaps,textSearch,match,not,or,filter,order,limit,range,abortSignal,single,maybeSingle,csv,returns,overrideTypes,throwOnError}";
const filters: Model = {
  language: "javascript",
  types: {
    [CLIENT]: [
      "@supabase/supabase-js.createClient()",
      "@supabase/ssr.createServerClient()",
      "#supabase/server.{serverSupabaseClient,serverSupabaseServiceRole}()",
      "@supabase/auth-helpers-nextjs.{createServerActionClient,createRouteHandlerClient,createServerComponentClient,createPagesServerClient}()",
    ],
    [QUERY]: [
      `{${CLIENT},${CLIENT}.schema(),@supabase/postgrest-js.PostgrestClient()}.from().{select,insert,update,upsert,delete}()`,
      `{${CLIENT},${CLIENT}.schema(),@supabase/postgrest-js.PostgrestClient()}.rpc()`,
      `${QUERY}.${MORE}()`,
    ],
  },
  sinks: [
    { path: `${QUERY}.or`, args: [0], kind: FILTER, data: { api: "or", place: "conditions" } },
    {
      path: `${QUERY}.{filter,not}`,
      args: [2],
      kind: FILTER,
      data: { api: "the filter", place: "list" },
    },
  ],
  hints: { supabase: [CLIENT], supabaseAdmin: [CLIENT] },
};

export default filters;
