/** Python: what counts requests and refuses those that are too many. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const LIMIT: SinkKind = "rate-limit";
const row = (path: string) => ({ path, args: [], kind: LIMIT, data: {} });

const limits: Model = {
  language: "python",
  sinks: [
    row("{flask_limiter.Limiter,slowapi.Limiter,slowapi.extension.Limiter}"),
    row("fastapi_limiter.depends.RateLimiter"),
    row("ratelimit.limits"),
    row(
      "{aiolimiter.AsyncLimiter,limits.strategies.FixedWindowRateLimiter,limits.strategies.MovingWindowRateLimiter}",
    ),
  ],
};

export default limits;
