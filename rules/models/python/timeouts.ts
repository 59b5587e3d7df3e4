/** Python clients that wait for ever unless they are told how long. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const TIMEOUT: SinkKind = "timeout";
/** `limit` is where the time is. */
const row = (path: string, limit: string, api: string) => ({
  path,
  args: [],
  kind: TIMEOUT,
  data: { limit, api },
});

const timeouts: Model = {
  language: "python",
  sinks: [
    // httpx waits five seconds, aiohttp five minutes: https://requests.readthedocs.io/en/latest/user/advanced/#timeouts
    row("requests.{get,post,put,patch,delete,head,options}", "timeout", "requests"),
    row("requests.Session().{get,post,put,patch,delete,head,options}", "timeout", "requests"),
    // Behind the method: url, params, data, headers, cookies, files, auth, timeout.
    row("requests.Session().request", "8|timeout", "requests"),
    row("requests.request", "timeout", "requests"),
    row("urllib.request.urlopen", "2|timeout", "urllib"),
  ],
};

export default timeouts;
