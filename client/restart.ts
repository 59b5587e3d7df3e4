// What happens when the server ends by itself: it is started again, later each time, and goes on with what it had.

import { CloseAction, ErrorAction, type ErrorHandler } from "vscode-languageclient";
import type { SkepticStatus } from "../server/lsp/protocol.ts";
import * as l10n from "./l10n.ts";

const MAX_RESTARTS = 3;
const RESTART_WINDOW_MILLISECONDS = 3 * 60 * 1000;
/** Milliseconds before the first restart, the second and so on. */
const DELAYS = [0, 1000, 4000];

/** Restarts a crashed server a few times, then says so in the status item and waits. */
export function restartOnCrash(
  show: (status: SkepticStatus) => void,
  restarted: () => void,
): ErrorHandler {
  const crashes: number[] = [];
  return {
    error: (_error, _message, count) => ({
      action: count !== undefined && count <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown,
    }),
    closed: async () => {
      const now = Date.now();
      crashes.push(now);
      const recent = crashes.filter((time) => now - time < RESTART_WINDOW_MILLISECONDS).length;
      if (recent > MAX_RESTARTS) {
        show({ state: "broken", findings: 0, message: l10n.t("the server keeps stopping") });
        return { action: CloseAction.DoNotRestart, handled: true };
      }
      show({ state: "restarting", findings: 0 });
      await new Promise((resolve) => setTimeout(resolve, DELAYS[recent - 1] ?? 0));
      restarted();
      return { action: CloseAction.Restart };
    },
  };
}
