/** JavaScript: what counts requests and refuses those that are too many. */
import type { Model, SinkKind } from "../../../server/rule/rule.ts";

const LIMIT: SinkKind = "rate-limit";
const row = (path: string) => ({ path, args: [], kind: LIMIT, data: {} });

const limits: Model = {
  language: "javascript",
  sinks: [
    row(
      "{express-rate-limit,express-rate-limit.rateLimit,express-slow-down,express-slow-down.slowDown}",
    ),
    row(
      "rate-limiter-flexible.{RateLimiterMemory,RateLimiterRedis,RateLimiterPostgres,RateLimiterMongo,RateLimiterMySQL,RateLimiterPrisma}",
    ),
    row("{express-brute,koa-ratelimit,limiter.RateLimiter,bottleneck}"),
    row("koa2-ratelimit.RateLimit.middleware"),
    row("hono-rate-limiter.rateLimiter"),
    row("@upstash/ratelimit.Ratelimit"),
    row("{@fastify/rate-limit,fastify-rate-limit}.passed"),
  ],
};

export default limits;
