/** The modules that set security headers, one for each framework, as they are written into a project. */
import type { Project } from "./project.ts";

export interface Template {
  readonly path: (project: Project) => string;
  readonly text: (project: Project) => string;
  readonly notes: (project: Project) => readonly string[];
}

/** https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html */
const COMMON: readonly (readonly [string, string])[] = [
  ["X-Content-Type-Options", "nosniff"],
  ["Referrer-Policy", "strict-origin-when-cross-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Permissions-Policy", "camera=(), geolocation=(), microphone=()"],
  ["Strict-Transport-Security", "max-age=31536000"],
];
const POLICY =
  "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
/** Next puts scripts into its pages: which ones may run is said with a nonce, in its proxy. */
const NEXT_POLICY =
  "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
const ALL = [["Content-Security-Policy", POLICY], ...COMMON] as const;

const POLICY_NOTE =
  "The policy lets pages load from their own site only, and no inline scripts: what they need besides is added to Content-Security-Policy, one host at a time.";

const pairs = (
  all: readonly (readonly [string, string])[],
  line: (name: string, value: string) => string,
): string => all.map(([name, value]) => line(name, value)).join("\n");

/** Inside a package the module beside it is written with a dot; "src" alone is no package. */
function pythonModule({ folders }: Project): string {
  return folders.python === "" || folders.python === "src/"
    ? "security_headers"
    : ".security_headers";
}

export const ASGI: Template = {
  path: ({ folders }) => `${folders.python}security_headers.py`,
  text: (
    project,
  ) => `"""Security headers on every answer of an ASGI application, those of unexpected errors too.

    from ${pythonModule(project)} import SecurityHeaders

    application = SecurityHeaders(app)  # what the server is told to run: uvicorn main:application

With app.add_middleware(SecurityHeaders) answers to unexpected errors (500) are without them: Starlette makes
these outside of all middlewares that are added.
"""

# A header that the application sets itself stays as it is.
HEADERS = (
${pairs(ALL, (name, value) => `    (b"${name.toLowerCase()}", b"${value}"),`)}
)


class SecurityHeaders:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                given = {name.lower() for name, _ in headers}
                headers.extend(header for header in HEADERS if header[0] not in given)
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, send_with_headers)
`,
  notes: () => [
    'Wrap the application: application = SecurityHeaders(app), and start the server with "uvicorn main:application".',
    POLICY_NOTE,
    "The documentation pages of FastAPI (/docs) load their scripts from another site, and are empty under this policy: set a policy of their own there, or switch them off.",
  ],
};

export const FLASK: Template = {
  path: ({ folders }) => `${folders.python}security_headers.py`,
  text: (project) => `"""Security headers on every answer of a Flask application.

    from ${pythonModule(project)} import set_security_headers

    app = Flask(__name__)
    set_security_headers(app)
"""

# A header that the application sets itself stays as it is.
HEADERS = {
${pairs(ALL, (name, value) => `    "${name}": "${value}",`)}
}


def set_security_headers(app):
    @app.after_request
    def add_headers(response):
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
`,
  notes: () => ["Call set_security_headers(app) where the application is made.", POLICY_NOTE],
};

const scriptName = ({ isTyped, isModule }: Project): string =>
  `security-headers.${isTyped ? "ts" : isModule ? "js" : "cjs"}`;
const scriptPath = (project: Project): string => project.folders.javascript + scriptName(project);
const exporting = ({ isTyped, isModule }: Project, name: string): readonly [string, string] =>
  isTyped || isModule ? ["export ", ""] : ["", `\nmodule.exports = { ${name} };\n`];

export const EXPRESS: Template = {
  path: scriptPath,
  text: (project) => {
    const [before, after] = exporting(project, "securityHeaders");
    const types = project.isTyped
      ? 'import type { NextFunction, Request, Response } from "express";\n\n'
      : "";
    const signature = project.isTyped
      ? "(_request: Request, response: Response, next: NextFunction): void"
      : "(_request, response, next)";
    return `// Security headers on every answer: app.use(securityHeaders), before all else.
${types}
// A route that sets one of them itself has the last word.
const HEADERS = {
${pairs(ALL, (name, value) => `  "${name}": "${value}",`)}
};

${before}function securityHeaders${signature} {
  response.set(HEADERS);
  response.removeHeader("X-Powered-By");
  next();
}
${after}`;
  },
  notes: (project) => [
    `Add app.use(securityHeaders), from "./${scriptName(project)}", before all routes.`,
    POLICY_NOTE,
  ],
};

export const FASTIFY: Template = {
  path: scriptPath,
  text: (project) => {
    const [before, after] = exporting(project, "setSecurityHeaders");
    const types = project.isTyped ? 'import type { FastifyInstance } from "fastify";\n\n' : "";
    const signature = project.isTyped ? "(app: FastifyInstance): void" : "(app)";
    return `// Security headers on every answer: setSecurityHeaders(app), before routes are registered.
${types}
// A route that sets one of them itself has the last word.
const HEADERS = {
${pairs(ALL, (name, value) => `  "${name}": "${value}",`)}
};

${before}function setSecurityHeaders${signature} {
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers(HEADERS);
  });
}
${after}`;
  },
  notes: (project) => [
    `Call setSecurityHeaders(app), from "./${scriptName(project)}", on the outermost instance, before routes are registered.`,
    POLICY_NOTE,
  ],
};

export const NEXT: Template = {
  path: () => "security-headers.mjs",
  text: () => `// Security headers for next.config: headers() { return [{ source: "/(.*)", headers: securityHeaders }]; }

// Which scripts may run is not said here: Next puts scripts into its pages, and a policy for them needs a nonce
// for each request (https://nextjs.org/docs/app/guides/content-security-policy).
export const securityHeaders = [
${pairs([["Content-Security-Policy", NEXT_POLICY], ...COMMON], (name, value) => `  { key: "${name}", value: "${value}" },`)}
];
`,
  notes: () => [
    "Scripts of a page are not restricted by this: a policy for them needs a nonce for each request.",
  ],
};
export const NEXT_CONFIG = `import { securityHeaders } from "./security-headers.mjs";

/** @type {import("next").NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  async headers() {
    return [{ source: "/(.*)", headers: securityHeaders }];
  },
};

export default nextConfig;
`;
