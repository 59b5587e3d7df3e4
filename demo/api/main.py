"""The helpdesk API. Run it with: uvicorn main:app"""

import os
import traceback

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

import auth
import preview
import telemetry
import tickets
import uploads

VERSION = "1.4.0"

app = FastAPI(title="Helpdesk", version=VERSION, debug=True)

app.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)

for module in (auth, preview, tickets, uploads):
    app.include_router(module.router)


@app.exception_handler(Exception)
async def global_exception_handler(request, exc):
    """Answer every unexpected error as JSON."""
    return JSONResponse(
        status_code=500,
        content={
            "error": str(exc),
            "type": type(exc).__name__,
            "traceback": traceback.format_exc(),
            "path": request.url.path,
        },
    )


@app.get("/health")
def health():
    return {"ok": True, "version": VERSION}


if os.environ.get("HELPDESK_TELEMETRY") == "1":
    telemetry.report_start(VERSION)
