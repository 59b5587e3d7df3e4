/** Handlers of what a client says: a fault in one of them is one log entry and an empty answer. */
import { ResponseError } from "vscode-languageserver";
import type { Log } from "./log.ts";

export interface Guards {
  /** A handler that answers `fallback` when it crashes; an error meant for the client goes to the client. */
  guard<P extends unknown[], R>(
    name: string,
    fallback: R,
    handler: (...args: P) => R | Promise<R>,
  ): (...args: P) => Promise<R>;
  /** A handler of a notification, to which nobody waits for an answer. */
  tell<P>(name: string, handler: (params: P) => void): (params: P) => void;
}

export function createGuards(log: Log): Guards {
  return {
    guard(name, fallback, handler) {
      return async (...args) => {
        try {
          return await handler(...args);
        } catch (error) {
          if (error instanceof ResponseError) throw error;
          log.crash(name, error);
          return fallback;
        }
      };
    },
    tell(name, handler) {
      return (params) => {
        try {
          handler(params);
        } catch (error) {
          log.crash(name, error);
        }
      };
    },
  };
}
